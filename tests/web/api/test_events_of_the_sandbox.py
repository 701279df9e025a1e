"""What the sandbox's clouds push is judged by the bridge as the real ones' messages are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.commercetools.envelopes import CERTIFICATE_URL, TOPICS, certificate, wrap
from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import InProcess
from tests.push_endpoint import PATH, SECRET, Endpoint, FakeInternet, bearer
from tests.world import World

OTHERS = {
    "pubsub": "projects/sandbox/subscriptions/other",
    "sns": "arn:aws:sns:eu-west-1:999999999999:shipments",
    "eventgrid": "/other/orders",
}
CASES: list[tuple[str, str, int, bool, int]] = [
    # the cloud, the topic, its age in days, whether it is forged, the answer
    *((cloud, topic, 0, False, 204) for cloud, topic in TOPICS.items()),
    *((cloud, topic, 0, False, 403) for cloud, topic in OTHERS.items()),
    *((cloud, topic, 15, False, 403 if cloud == "sns" else 204) for cloud, topic in TOPICS.items()),
    ("sns", TOPICS["sns"], 13, False, 204),
    ("sns", TOPICS["sns"], 0, True, 403),
]


@pytest.mark.parametrize(("cloud", "topic", "days", "forged", "status"), CASES, ids=range(len(CASES)))
def test_what_a_cloud_of_the_sandbox_pushes(
    cloud: str, topic: str, days: int, forged: bool, status: int, sandbox: Sandbox, world: World
) -> None:
    """Each comes twice. The stamps of Pub/Sub and Event Grid are not signed, so they prove no age."""
    topics = ",".join(TOPICS.values())
    endpoint = Endpoint(InProcess(sandbox, EVENTS_SECRET=SECRET, EVENTS_TOPICS=topics), FakeInternet())
    endpoint.internet.pages[CERTIFICATE_URL] = certificate()
    stamp = datetime.now(UTC) - timedelta(days=days)
    message = samples.message(type="OrderCreated")
    envelope = wrap(cloud, message, number=1, topic=topic, now=stamp, forged=forged)
    assert [endpoint.push(envelope, path=PATH, **bearer(SECRET)).status for _ in range(2)] == [status] * 2
