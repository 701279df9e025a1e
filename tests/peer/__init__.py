"""Tests the bridge against commercetools-mock, another project's reading of commercetools than our own.

Monext is the sandbox's. Run by `make test-peer`, which needs node 20 or newer and npm. The mock runs
unchanged; where it differs from commercetools, the tests go around it:

- no session API and no introspection: checkout is open, and nothing here asks the back office's endpoints;
- a cart's `totalPrice` leaves delivery out, and only carts with external tax get their `taxedPrice` right;
- a new order's `paymentState` is dropped: the state that the bridge asked for is read from the journal of
  `node/server.mjs`, and the state of the order is read after the next visit of the result page, which sets it;
- a cart stays Active when it is ordered, and orders compare no version: a second order is not provoked;
- payment keys and order numbers are not unique: no two starts and no two orders at the same instant;
- versions are compared only where an update changes something.
"""
