(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const form = one("#score"), points = one("#points"), comment = one("#comment"), help = one("#help"), on = one("#keys-on");
  const was = form && form.elements.namedItem("was");
  const typing = (node) => node.matches("textarea, input:not([type]), select");
  const own = (node) => node.matches("a, button, summary, input[type=checkbox]");

  one("#show-help").hidden = false;
  one("#show-help").addEventListener("click", () => help.showModal());
  try { on.checked = sessionStorage.getItem("keys") !== "off"; } catch { /* storage may be forbidden */ }
  on.addEventListener("change", () => {
    try { sessionStorage.setItem("keys", on.checked ? "on" : "off"); } catch { /* then until the page is left */ }
  });

  const add = () => {
    const chosen = [...form.querySelectorAll("[data-item] input:checked")];
    const sum = chosen.reduce((total, input) => total + Number(input.dataset.points), 0);
    points.value = String(Math.round(Math.min(Math.max(sum, 0), Number(points.dataset.most)) * 1e6) / 1e6);
    was.value = "";
  };
  const cycle = (item) => {
    const choices = [...item.querySelectorAll("input")];  // nothing first, all of it last
    const now = choices.findIndex((choice) => choice.checked);
    choices[now > 0 ? now - 1 : choices.length - 1].checked = true;
    add();
  };
  const nothing = () => {
    for (const item of form.querySelectorAll("[data-item]")) item.querySelector("input").checked = true;
    points.value = "0";
    was.value = "";
  };
  if (points && points.autofocus) { points.focus(); points.select(); }
  const save = () => form.requestSubmit(form.querySelector("button"));
  const follow = (selector) => { const link = one(selector); if (link) link.click(); };
  const acts = {
    j: () => follow("main a[rel=next]"),
    k: () => follow("main a[rel=prev]"),
    n: () => follow("[data-key=n]"),
    u: () => { const undo = one("#undo"); if (undo) undo.requestSubmit(); },
    "?": () => help.showModal(),
    p: () => { if (points) { points.focus(); points.select(); } },
    c: () => { if (comment) comment.focus(); },
    0: () => { if (form) nothing(); },
    Enter: () => { if (form) save(); else follow("main a[rel=next]"); },
  };

  if (form) {
    // What is typed and not saved stays in this tab while one looks at names or other answers.
    const place = `draft ${new URL(form.action).pathname}`;
    const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => /^(points|was|comment|item-\d+)$/.test(name)));
    const begun = typed();
    let sent = false;
    try {
      const kept = sessionStorage.getItem(place);
      sessionStorage.removeItem(place);
      if (kept && !points.autofocus) for (const [name, value] of JSON.parse(kept)) form.elements.namedItem(name).value = value;
    } catch { /* storage may be forbidden */ }
    window.addEventListener("pagehide", () => {
      try { if (!sent && typed() !== begun) sessionStorage.setItem(place, typed()); } catch { /* then it is lost */ }
    });
    form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
    window.addEventListener("pageshow", () => { sent = false; });
    form.addEventListener("change", (event) => { if (event.target.closest("[data-item]")) add(); });
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.isComposing || event.altKey || event.repeat || help.open) return;
    if (event.key === "Escape" && typing(at)) { at.blur(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); save(); return; }
    if (event.ctrlKey || event.metaKey || typing(at) || !on.checked) return;
    if (event.key === "Enter" && own(at)) return;
    const item = form && /^[1-9]$/.test(event.key) ? form.querySelector(`[data-item="${event.key}"]`) : null;
    const act = item ? () => cycle(item) : Object.hasOwn(acts, event.key) ? acts[event.key] : null;
    if (act) { event.preventDefault(); act(); }
  });
})();
