"""Finds payments by what somebody on call has in the hand: a number, an id, an email address, an amount, a time.

commercetools is asked for the payments themselves where it can search for what was said. Else those of a time are
read, a bounded number of pages, and looked through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.operations import operation_name
from monext_bridge.domain.outcome import order_number
from monext_bridge.domain.record import AttemptKey, Order, Payment, attempt_status
from monext_bridge.errors import RequestError
from monext_bridge.runtime import MachineClock
from monext_bridge.services.enquiry.terms import SearchTerms, of_time
from monext_bridge.services.operations import PAYMENT_ID
from monext_bridge.services.outcome import recorded_status
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.remotes import PaymentQueries, Predicate, UnreadablePayment
from monext_bridge.services.results import BuyerStatus

MOST_PAGES = 25
"""Pages that one search reads at most, so 5,000 payments."""

USUAL_TIME = timedelta(days=30)
"""How far back a search goes that names neither a payment nor a time."""

ANY_ADDRESS = (
    "customerEmail in (:emails) or billingAddress(email in (:emails)) or shippingAddress(email in (:emails))"
)


@dataclass(frozen=True, slots=True)
class FoundPayment:
    """A payment with its order, and its state in the buyer's words and in those of the record."""

    payment: Payment
    order: Order | None
    status: BuyerStatus

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.status.value, attempt_status(self.payment).value})


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, the newest first. `remarks` say how it was looked for, and where the search ended early.

    `complete` is False where there may be more.
    """

    found: tuple[FoundPayment, ...]
    remarks: tuple[str, ...]
    complete: bool


@dataclass(slots=True)
class SearchProgress:
    """What a search has to say of itself. It belongs to one search."""

    remarks: list[str]
    complete: bool = True

    def stop(self, why: str) -> None:
        self.remarks.append(why)
        self.complete = False


@dataclass(frozen=True, slots=True)
class PaymentSearch:
    queries: PaymentQueries
    references: ReferenceSigner
    clock: MachineClock
    makes_orders: bool
    most_pages: int = MOST_PAGES

    def find(self, terms: SearchTerms) -> SearchResult:
        """Return at most `limit` payments that fulfil all terms. Raises RemoteError. May be repeated."""
        progress = SearchProgress([])
        named = self._named(terms, progress)
        found = self._of_time(terms, progress) if named is None else self._chosen(named, terms)
        listed: list[FoundPayment] = []
        for each in found:
            if len(listed) == terms.limit:
                progress.stop(f"there are more than {terms.limit}: say more, or raise --limit")
                break
            listed.append(each)
        return SearchResult(tuple(listed), tuple(progress.remarks), progress.complete)

    def _named(self, terms: SearchTerms, progress: SearchProgress) -> tuple[Payment, ...] | None:
        """Return the payments that the text and the email name; None where they have to be looked for."""
        if not terms.names_payments:
            return None
        by_text = self._by_text(terms.text) if terms.text is not None else None
        if by_text is not None and not by_text:
            return None
        by_email = self._by_email(terms.email, progress) if terms.email is not None else None
        ids = [ids for ids in (by_text, by_email) if ids is not None]
        common = [each for each in ids[0] if all(each in others for others in ids[1:])]
        return tuple(sorted(self.queries.by_id(common), key=_begun, reverse=True))

    def _by_text(self, text: str) -> tuple[PaymentId, ...]:
        """Return the payments that go by an id, a number, a token or a reference."""
        referred = self._referred(text)
        if referred:
            return (referred,)
        is_id = PAYMENT_ID.fullmatch(text) is not None
        values = {"text": text}
        transactions = "interfaceId = :text or interactionId = :text" + (" or id = :text" if is_id else "")
        payments = f"interfaceId = :text or transactions({transactions})" + (
            " or id = :text" if is_id else ""
        )
        orders = "orderNumber = :text" + (" or id = :text or cart(id = :text)" if is_id else "")
        found = [p.id for page in self._pages(Predicate(payments, values), most=1) for p in page]
        found += self.queries.of_orders(Predicate(orders, values))[0]
        found += self.queries.of_carts(Predicate("id = :text", values))[0] if is_id else ()
        return tuple(dict.fromkeys(found))

    def _referred(self, text: str) -> PaymentId | None:
        """Return the payment that one of our references names, or the address of one of our pages."""
        last_of_path = text.partition("?")[0].rpartition("/")[2]
        try:
            return self.references.read(last_of_path).payment_id
        except RequestError:
            return None

    def _by_email(self, email: str, progress: SearchProgress) -> tuple[PaymentId, ...]:
        wanted = Predicate(ANY_ADDRESS, {"emails": tuple(dict.fromkeys((email, email.lower())))})
        answers = (self.queries.of_orders(wanted), self.queries.of_carts(wanted))
        if any(more for _, more in answers):
            progress.stop("only the newest 500 orders and 500 carts of this address were looked at")
        return tuple(dict.fromkeys(each for ids, _ in answers for each in ids))

    def _of_time(self, terms: SearchTerms, progress: SearchProgress) -> Iterator[FoundPayment]:
        """Read the payments of a time, and yield those that fulfil the terms."""
        if terms.begin is None and terms.end is None:
            terms = replace(terms, begin=self.clock() - USUAL_TIME)
            progress.remarks.append(
                f"payments of the last {USUAL_TIME.days} days; --from names an earlier day"
            )
        wanted = of_time(terms.begin, terms.end) or ANY_PAYMENT
        if terms.text is not None:
            progress.remarks.append(
                "no id, order number or reference is this: keys of operations and numbers of orders that are not "
                "made yet were looked for in the payments of the time"
            )
        wanted = wanted.and_also(terms.amount.predicate()) if terms.amount else wanted
        for payments in self._pages(wanted, most=self.most_pages, progress=progress):
            yield from self._chosen((p for p in payments if _goes_by(p, terms.text)), terms)

    def _pages(
        self, wanted: Predicate, *, most: int, progress: SearchProgress | None = None
    ) -> Iterator[list[Payment]]:
        for number, page in enumerate(self.queries.pages(wanted, newest_first=True), start=1):
            unread = [p for p in page.payments if isinstance(p, UnreadablePayment)]
            if progress and unread:
                progress.stop(f"can't be read: {', '.join(p.id for p in unread)}")
            yield [p for p in page.payments if isinstance(p, Payment)]
            if number == most:
                if progress and page.more:
                    progress.stop(
                        f"stopped after {most} pages; a shorter time with --from and --to shows the rest"
                    )
                return

    def _chosen(self, payments: Iterable[Payment], terms: SearchTerms) -> Iterator[FoundPayment]:
        fulfilling = [payment for payment in payments if terms.fulfils(payment)]
        orders = self.queries.orders(fulfilling)
        for payment in fulfilling:
            order = orders.get(payment.id)
            status = recorded_status(payment, lacks_order=self.makes_orders and order is None)
            found = FoundPayment(payment, order, status)
            if not terms.states or terms.states & found.states:
                yield found


ANY_PAYMENT = Predicate("id is defined", {})


def _begun(payment: Payment) -> str:
    return payment.created_at.isoformat() if payment.created_at else ""


def _goes_by(payment: Payment, text: str | None) -> bool:
    """Whether an operation has this key, or the order of the payment's cart would have this number."""
    if text is None:
        return True
    key, names = AttemptKey.parse(payment.key), map(operation_name, payment.transactions)
    number = order_number(key.cart_id) if key else None
    return text == number or any(name is not None and name.key == text for name in names)
