"""Commands for the course's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from curriculum import datasets
from curriculum.cli._options import AsJson
from curriculum.cli._tables import console, table

_KINDS = {
    "fernway": "Fernway Market, simulated",
    "real": "real, from scikit-learn and statsmodels",
    "download": "real, downloaded when first loaded",
}

app = typer.Typer(help="The data: list and describe the sets, rebuild those that ship.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the data sets."""
    catalogue = datasets.catalogue()
    if as_json:
        typer.echo(json.dumps(catalogue.to_dict("records"), indent=2, ensure_ascii=False))
        return
    made = table("Data sets", "name", "what it is", "rows", "columns", right=("rows", "columns"), whole=("name",))
    for kind, heading in _KINDS.items():
        made.add_section()
        made.add_row("", f"[bold]{heading}[/]")
        for row in catalogue[catalogue["kind"] == kind].to_dict("records"):
            made.add_row(row["name"], escape(row["title"]), f"{row['rows']:,}", str(row["columns"]))
    console().print(made)


@app.command()
def describe(name: Annotated[str, typer.Argument(help="A data set, as `curriculum data list` names it.")]) -> None:
    """Show a data set's datasheet."""
    from rich.markdown import Markdown

    console().print(Markdown(datasets.describe(name)))


@app.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(help="Tables to build; all that ship by default.", show_default=False)
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; the installed one by default.", show_default=False)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what would differ.")] = False,
) -> None:
    """Simulate the samples that ship afresh, and write their files and the registry of checksums."""
    from curriculum.datasets import _registry, _samples

    folder, samples = out or _registry.root(), _samples.chosen(names or ())
    if check:
        changed = _samples.differences(folder, samples)
        for line in changed:
            typer.echo(line)
        of = "sample" if len(samples) == 1 else "samples"
        typer.echo(f"{len(samples)} {of} checked; {len(changed)} found to differ from what the simulator makes")
        raise typer.Exit(1 if changed else 0)
    made = table("Written", "file", "rows", "columns", "kB", right=("rows", "columns", "kB"), whole=("file",))
    total = 0
    for entry in _samples.build(folder, samples):
        size = (folder / entry.file).stat().st_size
        total += size
        made.add_row(entry.file, f"{entry.rows:,}", str(entry.columns), f"{size / 1e3:,.0f}")
    console().print(made)
    typer.echo(f"{total / 1e6:.1f} MB in all, in {folder}")
