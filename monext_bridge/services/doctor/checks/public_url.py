"""Checks PUBLIC_URL: it resolves, is https with a good certificate, and leads to this bridge by so many proxies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from monext_bridge import __version__
from monext_bridge.config import Settings, is_this_machine
from monext_bridge.gateways.http import Failure, HttpAnswer, Request, Wire
from monext_bridge.gateways.probe import Reach, Stage, reach
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped, warning
from monext_bridge.services.doctor.patient import Patient
from monext_bridge.services.doctor.self_proof import (
    ANSWER_HEADER,
    QUESTION_HEADER,
    SeenRequest,
    read_answer,
    signed_question,
)

URL, PROXIES, HOSTS = "PUBLIC_URL", "TRUSTED_PROXIES", "TRUSTED_HOSTS"

ENDS_SOON = timedelta(days=14)
"""Before its end in which a certificate should have been renewed: renewal by a machine comes 30 days before."""

SECONDS = 5.0
"""Seconds to connect, and to answer."""

ADVICE = {
    Stage.NAME: "Make a DNS entry for it, or mend the address: buyers and Monext go there.",
    Stage.CONNECTION: "See whether the bridge or its proxy runs there, and whether a firewall lets others in.",
    Stage.TLS: "Mend TLS at the proxy: 1.2 or later.",
    Stage.CERTIFICATE: "Get a certificate for this name, with its chain: buyers are warned.",
}


def public_url_check(patient: Patient) -> Iterator[Examination]:
    yield Examination("PUBLIC_URL", lambda: address_of_buyers(patient), setting=URL)


def address_of_buyers(patient: Patient) -> Iterator[Diagnosis]:
    settings = patient.settings
    parts = urlsplit(settings.public_url)
    found = reach(settings.public_url)
    if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        yield warning(
            "public_url_not_https",
            "PUBLIC_URL is not https: everybody on the way reads what buyers send",
            setting=URL,
            advice="Put a proxy with TLS in front. Production refuses http.",
        )
    if found.stage is not Stage.REACHED:
        yield _not_reached(settings, found)
        yield skipped(
            "proxies_not_counted", "The proxies can't be counted: nobody answers there", setting=PROXIES
        )
        return
    yield ok("public_url_reached", f"{parts.netloc} is reached", setting=URL)
    yield from _certificate(patient, found)
    yield from _asked(settings)


def _not_reached(settings: Settings, found: Reach) -> Diagnosis:
    why = f" ({found.why})" if found.why else ""
    host = urlsplit(settings.public_url).netloc
    code = "public_url_certificate" if found.stage is Stage.CERTIFICATE else "public_url_not_reached"
    what = f"{host} is not reached: {found.stage}{why}"
    return fault(code, what, setting=URL, advice=ADVICE[found.stage], outside=True)


def _certificate(patient: Patient, found: Reach) -> Iterator[Diagnosis]:
    if found.certificate_ends is None:
        return
    left = found.certificate_ends - patient.machine_clock()
    end = f"{found.certificate_ends:%Y-%m-%d}"
    if left < ENDS_SOON:
        advice = "Renew it, and see why that has not happened by itself."
        yield warning(
            "public_url_certificate_ends", f"The certificate ends on {end}", setting=URL, advice=advice
        )
    else:
        yield ok("public_url_certificate", f"The certificate is good until {end}", setting=URL)


def _asked(settings: Settings) -> Iterator[Diagnosis]:
    """Ask the bridge under PUBLIC_URL a question that only this one can answer."""
    asked = signed_question(settings.secret_keys)
    answer = Wire(settings.public_url, connect_timeout=SECONDS, pool_size=1).exchange(
        "GET",
        "/health",
        read_timeout=SECONDS,
        request=Request(headers={QUESTION_HEADER: asked, "Accept": "application/json"}),
    )
    if isinstance(answer, Failure) or not _is_a_bridge(answer):
        status = "nothing" if isinstance(answer, Failure) else str(answer.status)
        yield fault(
            "public_url_no_bridge",
            f"No bridge answers GET PUBLIC_URL/health ({status})",
            setting=URL,
            advice="See whether host, port and path are those of the bridge, and whether the proxy passes them on.",
            outside=True,
        )
        yield skipped(
            "proxies_not_counted", "The proxies can't be counted: no bridge answers", setting=PROXIES
        )
        return
    seen = read_answer(answer.headers.get(ANSWER_HEADER, ""), asked, settings.secret_keys)
    if seen is None:
        yield _another_bridge()
        yield skipped(
            "proxies_not_counted",
            "The proxies can't be counted: that bridge does not know us",
            setting=PROXIES,
        )
        return
    yield from _this_bridge(settings, seen)


def _is_a_bridge(answer: HttpAnswer) -> bool:
    return answer.status == 200 and answer.body == {"status": "OK"}


def _another_bridge() -> Diagnosis:
    return fault(
        "public_url_another_bridge",
        "A bridge answers there, not this one: another SECRET_KEY, an older release, or a proxy drops headers",
        setting=URL,
        advice="See where the address leads. Links of this bridge would be refused there.",
        outside=True,
    )


def _this_bridge(settings: Settings, seen: SeenRequest) -> Iterator[Diagnosis]:
    yield ok("public_url_this_bridge", "This bridge answers under PUBLIC_URL", setting=URL)
    if seen.version != __version__:
        yield warning(
            "public_url_other_version",
            f"It runs version {seen.version}, and this is {__version__}",
            setting=URL,
            advice="Restart it, unless a deployment is under way.",
        )
    yield _proxies(settings.trusted_proxies, seen)
    yield from _scheme(settings, seen)
    yield from _host(settings, seen)


def _proxies(trusted: int, seen: SeenRequest) -> Diagnosis:
    """Compare TRUSTED_PROXIES with the entries that proxies added to this very request."""
    if seen.addresses == trusted:
        return ok(
            "proxies", f"{trusted} proxies forwarded this request, as TRUSTED_PROXIES says", setting=PROXIES
        )
    what = f"TRUSTED_PROXIES is {trusted}, and {seen.addresses} proxies put an address into X-Forwarded-For"
    if seen.addresses < trusted:
        wrong = "Too high, and anybody chooses the address by which limits count."
    else:
        wrong = "Too low, and all buyers share the limits of one address."
    right = "Set it to the number of proxies that buyers' requests pass. This machine may pass fewer of them."
    return warning("proxies_differ", what, setting=PROXIES, advice=f"{right} {wrong}")


def _scheme(settings: Settings, seen: SeenRequest) -> Iterator[Diagnosis]:
    trusted = settings.trusted_proxies
    https = settings.public_url.startswith("https://")
    if https and 0 < trusted <= len(seen.schemes) and seen.schemes[-trusted] == "http":
        yield fault(
            "proxy_says_http",
            "PUBLIC_URL is https, and the proxy that counts says that this request came by http",
            setting=PROXIES,
            advice="Let it set X-Forwarded-Proto to what the client used, or mend TRUSTED_PROXIES: pages redirect "
            "to themselves for ever.",
        )


def _host(settings: Settings, seen: SeenRequest) -> Iterator[Diagnosis]:
    host = seen.host.lower().rpartition(":")[0] or seen.host.lower()
    if settings.trusted_hosts and not {host, seen.host.lower()} & settings.trusted_hosts:
        yield fault(
            "host_not_trusted",
            f"Requests reach the bridge under the name {seen.host}, which TRUSTED_HOSTS does not list",
            setting=HOSTS,
            advice="Add it, or let the proxy pass on the host that the client asked for.",
        )
