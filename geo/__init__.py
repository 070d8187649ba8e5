r"""Where the next school or clinic of a sparsely populated district should go, and why.

Data flow one way, and every stage imports only stages to its left::

    read -> network -> travel -> access ----\
                            \-> siting -> planning -> study -> maps, report -> cli

read
    Files of a planner's folder to checked tables.
network
    Roads to one topology; seasons are weights on it.
travel
    Door-to-door times in whole milliseconds.
access
    Times and persons to indicators and compliance with norms.
siting
    Proven plans; knows no geography.
planning
    How a plan is carried out: routes of school buses.
study
    One study file to results, tables and sentences.
maps, report
    Results to pages that open without internet.
cli
    The command ``geo``; the only part that prints.
"""
