"""What must be read in each language: the sentences about money, and how an order is summed up.

Whoever changes one of these sentences changes a promise. The languages stand in the order of LANGUAGES, which
payment references point into: a new one goes to the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Holds what our pages say in one language.

    `nothing`, `unknown`, `paid` and `do_not` are said by results, `not_started` and `perhaps_paid` by error pages.
    `summary` is that of the cart in tests, `items` are one and three of them. `as_in_english` is for words that are
    the same in both languages.
    """

    nothing: str
    unknown: str
    paid: str
    do_not: str
    not_started: str
    perhaps_paid: str
    summary: str
    items: tuple[str, str]
    as_in_english: frozenset[str] = frozenset()


WORDS: Mapping[str, Words] = {
    "fr": Words(
        nothing="Aucun montant n’a été débité.",
        unknown="Nous ne savons pas encore si ce paiement a abouti. Ne payez pas une nouvelle fois.",
        paid="Vous avez payé 115,00 €.",
        do_not="Ne payez pas une nouvelle fois.",
        not_started="Aucun nouveau paiement n’a été lancé : rien n’a donc été débité cette fois-ci.",
        perhaps_paid="Nous ne savons pas encore si un paiement a abouti. "
        "Ne payez pas une nouvelle fois avant d’avoir vérifié auprès de la boutique.",
        summary="À payer 115,00 € 2 articles Merino jumper "
        "Merino jumper Quantité : 2 120,00 € Livraison Colissimo 5,00 €",
        items=("1 article", "3 articles"),
        as_in_english=frozenset({"Total"}),
    ),
    "en": Words(
        nothing="Nothing has been taken.",
        unknown="We do not know yet whether this payment went through. Do not pay again.",
        paid="You have paid €115.00.",
        do_not="Do not pay again.",
        not_started="No new payment was started, so nothing was taken this time.",
        perhaps_paid="We do not know yet whether a payment went through. "
        "Do not pay again before you have checked with the shop.",
        summary="To pay €115.00 2 items Merino jumper "
        "Merino jumper Quantity: 2 €120.00 Delivery Colissimo €5.00",
        items=("1 item", "3 items"),
    ),
    "de": Words(
        nothing="Es wurde nichts abgebucht.",
        unknown="Wir wissen noch nicht, ob diese Zahlung erfolgreich war. "
        "Bitte zahlen Sie nicht noch einmal.",
        paid="Sie haben 115,00 € bezahlt.",
        do_not="Bitte zahlen Sie nicht noch einmal.",
        not_started="Es wurde keine neue Zahlung begonnen, daher wurde diesmal nichts abgebucht.",
        perhaps_paid="Wir wissen noch nicht, ob eine Zahlung erfolgreich war. "
        "Bitte zahlen Sie nicht noch einmal, bevor Sie beim Shop nachgefragt haben.",
        summary="Zu zahlen 115,00 € 2 Artikel Merino jumper "
        "Merino jumper Menge: 2 120,00 € Lieferung Colissimo 5,00 €",
        items=("1 Artikel", "3 Artikel"),
    ),
    "es": Words(
        nothing="No se ha cobrado nada.",
        unknown="Todavía no sabemos si este pago se ha completado. No vuelva a pagar.",
        paid="Ha pagado 115,00 €.",
        do_not="No vuelva a pagar.",
        not_started="No se ha iniciado ningún pago nuevo, así que esta vez no se ha cobrado nada.",
        perhaps_paid="Todavía no sabemos si se ha completado algún pago. "
        "No vuelva a pagar antes de consultar con la tienda.",
        summary="Importe a pagar 115,00 € 2 artículos Merino jumper "
        "Merino jumper Cantidad: 2 120,00 € Envío Colissimo 5,00 €",
        items=("1 artículo", "3 artículos"),
        as_in_english=frozenset({"Total"}),
    ),
    "it": Words(
        nothing="Non è stato addebitato nulla.",
        unknown="Non sappiamo ancora se questo pagamento è andato a buon fine. Non paghi di nuovo.",
        paid="Ha pagato 115,00 €.",
        do_not="Non paghi di nuovo.",
        not_started="Non è stato avviato alcun nuovo pagamento, "
        "quindi questa volta non è stato addebitato nulla.",
        perhaps_paid="Non sappiamo ancora se un pagamento è andato a buon fine. "
        "Non paghi di nuovo prima di aver verificato con il negozio.",
        summary="Da pagare 115,00 € 2 articoli Merino jumper "
        "Merino jumper Quantità: 2 120,00 € Spedizione Colissimo 5,00 €",
        items=("1 articolo", "3 articoli"),
    ),
    "nl": Words(
        nothing="Er is niets afgeschreven.",
        unknown="We weten nog niet of deze betaling is gelukt. Betaal niet opnieuw.",
        paid="U hebt € 115,00 betaald.",
        do_not="Betaal niet opnieuw.",
        not_started="Er is geen nieuwe betaling gestart, dus er is deze keer niets afgeschreven.",
        perhaps_paid="We weten nog niet of er een betaling is gelukt. "
        "Betaal niet opnieuw voordat u dit bij de winkel hebt nagevraagd.",
        summary="Te betalen € 115,00 2 artikelen Merino jumper "
        "Merino jumper Aantal: 2 € 120,00 Bezorging Colissimo € 5,00",
        items=("1 artikel", "3 artikelen"),
    ),
    "pt": Words(
        nothing="Não foi cobrado qualquer valor.",
        unknown="Ainda não sabemos se este pagamento foi concluído. Não pague novamente.",
        paid="Pagou 115,00 €.",
        do_not="Não pague novamente.",
        not_started="Não foi iniciado nenhum novo pagamento, "
        "pelo que desta vez não foi cobrado qualquer valor.",
        perhaps_paid="Ainda não sabemos se algum pagamento foi concluído. "
        "Não pague novamente antes de confirmar com a loja.",
        summary="A pagar 115,00 € 2 artigos Merino jumper "
        "Merino jumper Quantidade: 2 120,00 € Entrega Colissimo 5,00 €",
        items=("1 artigo", "3 artigos"),
        as_in_english=frozenset({"Total"}),
    ),
}
