"""Lists the facts about commercetools that nobody could check without a project, and what to do where one differs."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.services.homologation.facts import TELL, Fact

COMMERCETOOLS_FACTS: Mapping[str, Fact] = {
    "introspection": Fact(
        "introspection tells active, scope, client_id and exp",
        "introspects a token of the bridge",
        f"See the scope introspect_oauth_tokens. {TELL}",
    ),
    "dated_answers": Fact("answers of commercetools are dated", "reads from the project", TELL),
    "payment_key_taken": Fact(
        "a second payment with the same key is refused with DuplicateField", "makes a payment twice", TELL
    ),
    "interface_id_taken": Fact(
        "two payments of one interface can't have the same interfaceId", "asks for a second one", TELL
    ),
    "interface_id_kept": Fact(
        "a payment's interfaceId can't be changed once it is set", "tries to change it", TELL
    ),
    "transaction_interface_id": Fact(
        "a transaction has an interfaceId, which can be set later",
        "adds one with it, and sets that of another",
        TELL,
    ),
    "transaction_id_taken": Fact(
        "two transactions can't have the same interfaceId", "adds a second one with it", TELL
    ),
    "long_status_text": Fact(
        "interfaceText takes 3,300 characters", "writes as many to the payment, and reads them", TELL
    ),
    "external_user": Fact(
        "X-External-User-ID is kept in createdBy and lastModifiedBy",
        "reads the payment that was made and changed with it",
        "The change history does not name who ordered an operation: keep the log. " + TELL,
    ),
    "payment_found": Fact(
        "a payment is found at once by its interface and the time of its creation, which is how reconciliation looks",
        "looks for the payment that it made",
        f"Payments are found later: let --older-than be more than that. {TELL}",
    ),
    "outdated_write": Fact(
        "a write of an earlier version is refused with ConcurrentModification",
        "writes to the payment, to the cart, and orders, each by an earlier version",
        "Don't go on: two writers could then take money twice. " + TELL,
    ),
    "frozen_cart": Fact(
        "a Frozen cart takes a payment and can be ordered",
        "freezes the lent cart, puts the payment on it, and orders",
        "Let the shop unfreeze carts before it sends buyers to pay. " + TELL,
    ),
    "cart_names_payment": Fact(
        "a cart shows its payments, and can be found by one, at once",
        "reads the cart, and looks for carts by the payment",
        TELL,
    ),
    "order_number": Fact(
        "an order number may have 46 characters",
        "orders with one",
        f"Give futureOrderNumber shorter ones. {TELL}",
    ),
    "ordered_once": Fact("a second order of a cart is refused", "orders once more", TELL),
    "order_found": Fact(
        "an order is found at once by its number and by its payment", "looks for the order that it made", TELL
    ),
    "address_needed": Fact(
        "a cart without a shipping address is refused as an order",
        "orders the cart without one that is lent",
        "Set DIGITAL_PRODUCT_TYPES where goods need no address: such carts can be ordered here.",
    ),
    "shop_session": Fact(
        "an open checkout session is Active and names its cart", "reads the session that is lent", TELL
    ),
    "shop_session_ends": Fact(
        "a checkout session tells when it ends (expiresAt), with a zone",
        "reads the session that is lent",
        "A payment begun from a session is then not bound to its end. " + TELL,
    ),
}
"""Each fact by its id, which stays the same from release to release."""
