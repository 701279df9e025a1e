"""Lays a payment reference out in bytes, and reads them back. The bytes are signed elsewhere.

Size of each part in bytes, numbers with the highest byte first:

1       version
16, 16  payment id, cart id
3       rules: methods (13 bits, the first method is the lowest), access (2), interface (5), language (4)
4       expiry in Unix seconds, 0 for none
4       store mark
0-46    order number in UTF-8, nothing where it follows from the cart id

Access, interface and language are an index plus 1; 0 says nothing. The lists that bits and indexes refer to may only
grow at their end. A list that outgrows its bits needs another version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.domain.outcome import FUTURE_ORDER_NUMBER, order_number
from monext_bridge.services.results import STORE_MARK_SIZE, PaymentReference

T = TypeVar("T")

VERSION = 1
METHODS, ACCESSES = tuple(PaymentMethod), tuple(Access)
RULE_BITS = METHOD_BITS, ACCESS_BITS, INTERFACE_BITS, LANGUAGE_BITS = 13, 2, 5, 4
ID_SIZE, RULES_SIZE, EXPIRY_SIZE = 16, sum(RULE_BITS) // 8, 4
LONGEST_NUMBER = 46
"""Bytes. A shop's order number has at most as many (see FUTURE_ORDER_NUMBER)."""

SMALLEST = 1 + 2 * ID_SIZE + RULES_SIZE + EXPIRY_SIZE + STORE_MARK_SIZE
LARGEST = SMALLEST + LONGEST_NUMBER


def to_bytes(reference: PaymentReference) -> bytes:
    """Return the bytes. Raises ValueError or OverflowError for what has no room, such as an id that is no UUID.

    Of the language, only that of the pages has room.
    """
    number = reference.order_number
    chosen = b"" if number == order_number(reference.cart_id) else number.encode()
    if len(chosen) > LONGEST_NUMBER:
        raise ValueError(f"an order number of {len(chosen)} bytes is longer than {LONGEST_NUMBER}")
    return b"".join(
        (
            bytes([VERSION]),
            _id_bytes(reference.payment_id),
            _id_bytes(reference.cart_id),
            _packed(_rules(reference)).to_bytes(RULES_SIZE),
            (reference.expires or 0).to_bytes(EXPIRY_SIZE),
            reference.store_mark,
            chosen,
        )
    )


def from_bytes(layout: bytes) -> PaymentReference:
    """Return what the bytes say. Raises ValueError for bytes that `to_bytes` does not make."""
    if not SMALLEST <= len(layout) <= LARGEST or layout[0] != VERSION:
        raise ValueError("of another length or version")
    sizes = (ID_SIZE, ID_SIZE, RULES_SIZE, EXPIRY_SIZE, STORE_MARK_SIZE)
    payment, cart, rules, expiry, mark, number = _cut(layout[1:], sizes)
    methods, access, interface, language = _unpacked(int.from_bytes(rules))
    cart_id = CartId(str(UUID(bytes=cart)))
    return PaymentReference(
        payment_id=PaymentId(str(UUID(bytes=payment))),
        cart_id=cart_id,
        store_mark=mark,
        order_number=_number(number, cart_id=cart_id),
        methods=_methods(methods),
        access=_at(ACCESSES, access),
        interface=interface - 1 if interface else None,
        expires=int.from_bytes(expiry) or None,
        language=_at(LANGUAGES, language),
    )


def has_room_for_id(text: str) -> bool:
    """Whether a reference can hold this id: a UUID in lower case, as all ids of commercetools are."""
    try:
        return bool(_id_bytes(text))
    except ValueError:
        return False


def _rules(reference: PaymentReference) -> tuple[int, ...]:
    """Return the numbers of RULE_BITS.

    An interface beyond the room for its index is left out: the record of the payment names it as well.
    """
    page_language = (reference.language or "").partition("-")[0].lower()
    interface = 0 if reference.interface is None else reference.interface + 1
    return (
        sum(1 << METHODS.index(method) for method in reference.methods),
        ACCESSES.index(reference.access) + 1 if reference.access else 0,
        interface if interface >> INTERFACE_BITS == 0 else 0,
        LANGUAGES.index(page_language) + 1 if page_language in LANGUAGES else 0,
    )


def _packed(rules: Iterable[int]) -> int:
    packed = 0
    for value, bits in zip(rules, RULE_BITS, strict=True):
        packed = packed << bits | value
    return packed


def _unpacked(packed: int) -> tuple[int, ...]:
    values: list[int] = []
    for bits in reversed(RULE_BITS):
        values.append(packed & ((1 << bits) - 1))
        packed >>= bits
    return tuple(reversed(values))


def _cut(layout: bytes, sizes: Iterable[int]) -> tuple[bytes, ...]:
    """Return the parts of these sizes, and what is left after them."""
    parts: list[bytes] = []
    for size in sizes:
        parts.append(layout[:size])
        layout = layout[size:]
    return (*parts, layout)


def _methods(mask: int) -> frozenset[PaymentMethod]:
    if mask >> len(METHODS):
        raise ValueError("an unknown method")
    return frozenset(method for bit, method in enumerate(METHODS) if mask >> bit & 1)


def _at(values: Sequence[T], number: int) -> T | None:
    if number > len(values):
        raise ValueError("an unknown index")
    return values[number - 1] if number else None


def _number(text: bytes, *, cart_id: CartId) -> OrderNumber:
    if not text:
        return order_number(cart_id)
    number = text.decode()
    if not FUTURE_ORDER_NUMBER.fullmatch(number):
        raise ValueError("not an order number")
    return OrderNumber(number)


def _id_bytes(text: str) -> bytes:
    """Return the 16 bytes. Raises ValueError for what is no UUID in commercetools' writing, which has one form."""
    found = UUID(text)
    if str(found) != text:
        raise ValueError("not an id as commercetools writes it")
    return found.bytes
