import os

# What the operator of this machine has set is no part of the tests.
os.environ.setdefault("NEWSBOT_CONFIG", "")
