"""Plays the fault campaign: buyers and a back office at once, while everything fails; then the records are compared.

`python -m tests.campaign --seed 1 --buyers 200` plays one seed, `--seeds 20` plays the seeds 1 to 20. A seed decides
what is played before anything begins (`plan`). Each actor has its own random stream, so that a repeated run plays the
same script. How the threads of the actors and the processes interleave differs from run to run.

The storm is the phase in which all actors play and all faults happen. Then the faults stop, two hours pass, and
reconciliation runs.

    plan, scripts, fault_draw       what a seed decides
    buyers, back_office, warehouse  the actors
    shop_staff                      what others do to a buyer's cart, order and money, between the buyer's steps
    bridges, shared_state           two bridges behind one address, and what all actors share
    fault_injector, kills           what goes wrong
    excused_failures                every 5xx, and which fault excuses it
    reconciling                     reconciliation after the storm
    evidence, accounts              what is compared in the end
    consistency, orders_now         whether commercetools and Monext agree, and orders as they are now with both
    campaign, figures, report       one seed from start to end, its figures, and its disagreements
"""
