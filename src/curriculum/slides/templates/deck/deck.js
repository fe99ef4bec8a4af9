// Makes each slide's text as large as the slide allows, then starts reveal.js.
(() => {
  "use strict";
  const LARGEST = 27, SMALLEST = 18, LARGEST_CODE = 23, EASY_CODE = 17, SMALLEST_CODE = 13, WIDTH = 1280, HEIGHT = 720;

  const leaves = () => [...document.querySelectorAll(".slides section")].filter((it) => !it.querySelector("section"));

  // Everything below the heading in one box, which is what grows, shrinks and, at the last, scrolls.
  const wrap = (slide) => {
    const body = document.createElement("div");
    body.className = "body";
    const first = slide.firstElementChild;
    const shown = first && first.querySelector(".jp-RenderedMarkdown");
    const isHeading = shown && shown.children.length === 1 && /^H[1-3]$/.test(shown.firstElementChild.tagName);
    for (const child of [...slide.children]) {
      if (!(isHeading && child === first) && !child.matches("aside.notes")) body.append(child);
    }
    slide.insertBefore(body, isHeading ? first.nextSibling : slide.firstChild);
    const marks = slide.querySelectorAll("[class*='celltag_is-']");
    for (const mark of marks) for (const name of mark.classList) {
      if (name.startsWith("celltag_is-")) slide.classList.add(name.slice("celltag_".length));
    }
    return body;
  };

  const isTooHigh = (box) => box.scrollHeight > box.clientHeight + 1;
  const isTooWide = (box) => box.scrollWidth > box.clientWidth + 1;

  const makeScrollable = (box, label) => {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", label);
    box.classList.add("scrolls");
  };

  // What is too wide: code breaks its lines, which it can stand; what a program printed gets smaller, then scrolls.
  const narrow = (pre) => {
    if (pre.closest(".highlight")) return pre.classList.add("wraps");
    let size = parseFloat(getComputedStyle(pre).fontSize);
    while (isTooWide(pre) && size > SMALLEST_CODE) pre.style.fontSize = `${(size -= 1)}px`;
  };

  // Code begins larger than it need be and gives way first, then everything gets smaller, and at the last it scrolls.
  const fit = (slide, number) => {
    const body = wrap(slide);
    const pres = [...body.querySelectorAll("pre")];
    const isTooMuch = () => isTooHigh(body) || isTooWide(body);
    let text = LARGEST, code = LARGEST_CODE;
    const set = () => {
      slide.style.setProperty("--size", `${text}px`);
      slide.style.setProperty("--code", `${code}px`);
    };
    set();
    while (code > EASY_CODE && pres.some(isTooWide)) { code -= 1; set(); }
    pres.filter(isTooWide).forEach(narrow);
    while (pres.length && isTooMuch() && code > EASY_CODE) { code -= 1; set(); }
    while (isTooMuch() && text > SMALLEST) {
      text -= 1;
      code = Math.max(SMALLEST_CODE, Math.min(code, Math.round(text * 0.68)));
      set();
    }
    for (const pre of pres.filter(isTooWide)) makeScrollable(pre, `Output on slide ${number + 1}, scrolls`);
    if (isTooMuch()) makeScrollable(body, `Slide ${number + 1}, scrolls`);
  };

  // In a box that scrolls and has the focus, the arrows scroll until its end is reached.
  const isForSlides = (event) => {
    const box = document.activeElement && document.activeElement.closest(".scrolls");
    if (!box) return true;
    if (event.key === "ArrowDown") return box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
    if (event.key === "ArrowUp") return box.scrollTop <= 0;
    if (event.key === "ArrowRight") return box.scrollLeft + box.clientWidth >= box.scrollWidth - 1;
    if (event.key === "ArrowLeft") return box.scrollLeft <= 0;
    return true;
  };

  window.addEventListener("load", () => {
    document.documentElement.classList.add("measuring");
    leaves().forEach(fit);
    document.documentElement.classList.remove("measuring");
    // On a narrow screen all slides stand below one another, and the page scrolls: by keys too.
    const reach = () => {
      const scrolls = document.body.classList.contains("reveal-scroll");
      scrolls ? document.body.setAttribute("tabindex", "0") : document.body.removeAttribute("tabindex");
    };
    Reveal.on("ready", reach);
    Reveal.on("resize", reach);
    Reveal.initialize({
      width: WIDTH, height: HEIGHT, margin: 0.02, center: false, display: "flex", hash: true, slideNumber: "c/t", controlsLayout: "edges",
      transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide", backgroundTransition: "none",
      pdfSeparateFragments: false, keyboardCondition: isForSlides,
      plugins: typeof RevealNotes === "undefined" ? [] : [RevealNotes],
    });
  });
})();
