"""The fault campaign: buyers and back-office acts at once while all goes wrong, and then the books are compared.

`python -m tests.campaign --seed 1 --buyers 200` plays one seed, `--seeds 20` the seeds 1 to 20. What is played is
drawn from the seed before it begins (`plan`), each actor from a stream of its own, so a repeated run plays the same
script. How the threads of the actors and the processes fall over each other differs from run to run.

    plan, stories    what a seed decides          buyers, office, warehouse, shop   who plays it
    fleet            two bridges and their door   weather, killer                   what goes wrong
    witness          every 5xx, and why           books, accounts                   whether all agrees in the end
    reconciling      the pass after the storm     campaign, report                  one seed from begin to end
"""
