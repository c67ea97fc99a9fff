"""Who is told of what, how and when: the one home of this rule.

An app declares its kinds of news in its AppConfig and calls `notifying.notify` when something
happens. The choices of each member decide whether it becomes a mail, a push to their browsers or
nothing, and their quiet hours decide when. `delivery` sends what is due.
"""
