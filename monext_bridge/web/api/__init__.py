"""Serves the JSON endpoints for shops' pages, back offices, the Merchant Center, the clouds and the host."""

from monext_bridge.web.api.bodies import answer
from monext_bridge.web.api.models import REFERENCE_FORM, ErrorDetail, ErrorResponse
from monext_bridge.web.api.payment_intent_models import PaymentIntentResult, PaymentIntentView

__all__ = [
    "REFERENCE_FORM",
    "ErrorDetail",
    "ErrorResponse",
    "PaymentIntentResult",
    "PaymentIntentView",
    "answer",
]
