"""Whether each event of a case was allowed when it was recorded: by its edition, its facts, and the roles of then.

A clock that begins or goes on is counted again by the version of the calendar that its event names; what a pause left of it is not.
"""
