"""What nbgrader needs to know to make the same learner cells from these notebooks as `curriculum release` does."""

c = get_config()  # noqa: F821 - nbgrader defines it
c.ClearSolutions.code_stub = {"python": "..."}
c.ClearSolutions.text_stub = "*Write your answer here.*"
