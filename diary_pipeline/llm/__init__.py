"""Language models behind one question: `Router.ask`.

Belongs here: providers, and every decision about asking them (which may see the words, in what order, how often, for how much). Does
not belong here: what is asked and which answers are true; callers bring both (`Request`, and the function that judges). Callers use
what is named below; the rest is the router's own.
"""

from diary_pipeline.llm.explain import explain
from diary_pipeline.llm.report import report
from diary_pipeline.llm.request import AnswerVerdict, Attempt, Outcome, Rejected, Request
from diary_pipeline.llm.router import Policy, Router

__all__ = ["AnswerVerdict", "Attempt", "Outcome", "Policy", "Rejected", "Request", "Router", "explain", "report"]
