"""Tests of `newsbot/cms/`."""
