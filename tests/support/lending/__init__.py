"""A package of other workflows in other words: equipment is lent, somebody else examines and crates it.

Nothing in it is called as in the pilot's: neither a state, a transition, a task nor a workflow. What each is to the engine, it
says by its part.
"""

from tests.support.lending.workflows import Crating, Errand, Loan

DEFINITIONS = (Loan, Errand, Crating)
