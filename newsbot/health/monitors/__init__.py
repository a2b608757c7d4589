"""Monitors compare a run with the same source's past and say what is not as usual.

Each is a function of the past runs and the one that has ended, and yields `Problem`. What a run alone shows to be wrong
says `newsbot.health.problems`. A monitor with too little past to compare with says nothing.
"""
