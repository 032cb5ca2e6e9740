"""Language models behind one method, `Router.ask`: which models may see the words, in what order, for how much.

Callers bring what is asked (`Request`) and the function that judges the answers. Other packages use only the names
below.
"""

from diary_pipeline.llm.explain import explain
from diary_pipeline.llm.policy import Policy
from diary_pipeline.llm.report import report
from diary_pipeline.llm.request import AnswerVerdict, Attempt, Outcome, Rejected, Request
from diary_pipeline.llm.router import Router

__all__ = ["AnswerVerdict", "Attempt", "Outcome", "Policy", "Rejected", "Request", "Router", "explain", "report"]
