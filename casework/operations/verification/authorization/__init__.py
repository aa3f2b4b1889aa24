"""Whether each event of a case was allowed when it was recorded: by its edition, its facts, and the roles of then.

Due dates are not judged again: an event does not say by which version of the calendar they were counted.
"""
