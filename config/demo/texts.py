"""Short texts for demo projects: written for this purpose."""

OPENINGS = [
    "My parcel arrived two days late and the box was open.",
    "The new update made the app much faster on my phone.",
    "I was charged twice for the same order in October.",
    "How do I change the address of my account?",
    "The lamp flickers whenever the heating starts.",
    "Your colleague at the counter was patient and kind.",
    "The zip of the jacket broke on the second day.",
    "Please cancel my subscription at the end of the month.",
    "The colours look nothing like the photographs.",
    "I cannot find the invoice for my last purchase.",
    "The recipe worked well, although it took an hour longer.",
    "Nobody answered the phone for three days in a row.",
]
CLOSINGS = [
    "I would like my money back.",
    "Thank you for the quick answer.",
    "What should I do now?",
    "I have attached two pictures.",
    "Otherwise I am content.",
    "It is the third time this year.",
    "I would order it again.",
    "Tell me when it is fixed.",
    "A friend has the same problem.",
    "It was a present for my mother.",
]


def message(number: int) -> str:
    """One of 120 different messages, the same for the same number."""
    return f"{OPENINGS[number % len(OPENINGS)]} {CLOSINGS[number // len(OPENINGS) % len(CLOSINGS)]}"


def topic(number: int) -> str:
    """The category that fits the message."""
    topics = ["delivery", "product", "billing", "account", "product", "praise"]
    topics += ["product", "account", "product", "billing", "praise", "service"]
    return topics[number % len(OPENINGS)]
