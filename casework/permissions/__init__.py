"""Who may do what, here and now, and for whom. Pure: one policy answers both one question and a whole list.

A capacity is one way in which a person may act: a role, within an organisation or not, perhaps for somebody else.
What a person may not see does not exist for that person: callers raise NotFound, not NotAllowed.
"""
