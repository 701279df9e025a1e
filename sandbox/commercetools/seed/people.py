"""Buyers of the sandbox's shop, all invented, and where they live."""

from sandbox.commercetools.wire import Json

JEAN = "a0000000-0000-4000-8000-000000000001"
MARIE = "a0000000-0000-4000-8000-000000000002"
HANS = "a0000000-0000-4000-8000-000000000003"
PAUL = "a0000000-0000-4000-8000-000000000004"

PARIS: Json = {
    "title": "M.",
    "firstName": "Jean",
    "lastName": "Dupont",
    "streetName": "rue de la Paix",
    "streetNumber": "12",
    "postalCode": "75002",
    "city": "Paris",
    "country": "FR",
    "phone": "+33 1 23 45 67 89",
    "mobile": "06 12 34 56 78",
    "email": "jean.dupont@example.com",
}

LYON: Json = {
    "title": "Mme",
    "firstName": "Marie",
    "lastName": "Lefèvre",
    "streetName": "quai Saint-Antoine",
    "streetNumber": "4 bis",
    "additionalStreetInfo": "3e étage",
    "postalCode": "69002",
    "city": "Lyon",
    "country": "FR",
    "phone": "0472000000",
    "email": "marie.lefevre@example.com",
}

BERLIN: Json = {
    "salutation": "Herr",
    "firstName": "Hans",
    "lastName": "Müller",
    "streetName": "Lindenallee",
    "streetNumber": "7a",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "DE",
    "phone": "+49 30 1234567",
    "email": "hans.mueller@example.com",
}

KYOTO: Json = {
    "firstName": "花子",
    "lastName": "山田",
    "streetName": "四条通",
    "streetNumber": "1-2-3",
    "postalCode": "600-8001",
    "city": "京都市",
    "region": "京都府",
    "country": "JP",
}

KUWAIT: Json = {
    "firstName": "Amal",
    "lastName": "Al-Sabah",
    "streetName": "Gulf Road",
    "city": "Kuwait City",
    "country": "KW",
    "mobile": "+965 5000 0000",
}

EXOTIC: Json = {
    "title": "Kapitänleutnant a. D.",
    "firstName": "Zoë-Ƒrançoise 🪑 Ælfgifu",
    "lastName": "d’Œuf-Ştefănescu " + "de la Très Longue Lignée " * 6,
    "streetName": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch " * 3,
    "streetNumber": "№ 42",
    "additionalStreetInfo": '<b>2e cour</b> & « fond » "à gauche"',
    "postalCode": "F-67000 STRASBOURG CEDEX",
    "city": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson 🏰",
    "country": "FR",
    "phone": "+33 (0)3 88 00 00 00 poste 1234",
    "email": "zoe.francoise@boutique.photography",
    "company": "Œuvre & Fils\tS.à r.l.",
    "additionalAddressInfo": "Laisser chez le voisin ☎ 😀",
}

CUSTOMERS: dict[str, Json] = {
    JEAN: {
        "key": "jean-dupont",
        "customerNumber": "C-1001",
        "email": "jean.dupont@example.com",
        "title": "Dr",
        "salutation": "M.",
        "firstName": "Jean",
        "lastName": "Dupont",
        "dateOfBirth": "1980-02-29",
        "locale": "fr-FR",
        "addresses": [PARIS],
        "isEmailVerified": True,
    },
    MARIE: {
        "key": "marie-lefevre",
        "customerNumber": "C-1002",
        "email": "marie.lefevre@example.com",
        "salutation": "Mme",
        "firstName": "Marie",
        "lastName": "Lefèvre",
        "companyName": "Atelier Lefèvre",
        "vatId": "FR00123456789",
        "locale": "fr-FR",
        "addresses": [LYON, PARIS],
        "isEmailVerified": True,
    },
    HANS: {
        "key": "hans-mueller",
        "customerNumber": "C-1003",
        "email": "hans.mueller@example.com",
        "salutation": "Herr",
        "firstName": "Hans",
        "lastName": "Müller",
        "dateOfBirth": "1975-11-03",
        "locale": "de-DE",
        "addresses": [BERLIN],
    },
    PAUL: {"key": "paul-martin", "email": "paul.martin@example.com", "addresses": [PARIS]},
}
