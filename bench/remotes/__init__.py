"""Stands in for commercetools and Monext while the bridge is measured: it answers as the sandbox has taught it.

The sandbox is strict, and dear: it would take more of the machine than the bridge that is measured. So each bridge is
first led through its flows against the sandbox itself, by way of this process, which keeps what was said. Afterwards
it says the same again, for as many flows as there are, with the ids and times of each.
"""
