"""Says in a sentence what each follow-up of reconciliation means, and where the runbook has it."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.domain.reconciliation import FollowUp

NEEDS: Mapping[FollowUp, str] = {
    FollowUp.NOT_FINISHED: "the buyer began to pay and has not come back; Monext has to be asked how it ended",
    FollowUp.PENDING: "Monext has not decided about the payment yet",
    FollowUp.LAST_READ: "the payment failed, and Monext has to be asked once more since its session is over",
    FollowUp.REVERSAL: "the money must not be kept, and is not back yet",
    FollowUp.OPERATION: "the outcome of an operation is not known",
    FollowUp.RECEIVED: "Monext has received an operation and not finished it",
    FollowUp.LEDGER: "Monext's ledger and the record have to be compared",
    FollowUp.NO_ORDER: "the payment is accepted, and no order names it",
    FollowUp.SECOND_PAYMENT: "the cart was paid more than once",
    FollowUp.ORDER_STATE: "the order's payment state is not what its payments say",
    FollowUp.EXPIRING: "the authorisation ends within a day, and not all of it is captured",
    FollowUp.REVERSAL_REJECTED: "Monext refused to give the money back: somebody has to",
    FollowUp.AMOUNTS: "the order does not cost what was taken for it",
}


def runbook_link(need: FollowUp) -> str:
    return f"docs/runbook.md#{need.value}"
