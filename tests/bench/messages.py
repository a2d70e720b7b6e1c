"""What the visitor of the measurements writes: invented, short and long, no two about the same."""

MESSAGES = (
    "min far slår mig",
    "hej",
    "hvad er underretningspligt, og kan jeg være anonym når jeg ringer til kommunen?",
    "en fra klassen truer med at dele et billede af mig, og jeg tør ikke sige det til nogen",
    (
        "min kæreste bestemmer hvem jeg må se, og hun bliver rasende når jeg kommer for sent hjem "
        "fra arbejde. i går låste hun døren og tog min telefon, og jeg ved ikke hvad jeg skal gøre"
    ),
    "mine forældre råber ad hinanden hver aften, og jeg sidder på mit værelse og kan ikke sove",
)
"""Rasa's rules answer by concern, so that two messages of one concern would get one reply."""
