"""How each group is treated: goal and play as data, and whether the articles or we say so."""

from __future__ import annotations

import pandas as pd

# Handling per quadrant as the articles give it.
QUADRANT_PLAYS = {
    "A": "Dedicated manager, account plan, review every quarter, expansion deals",
    "B": "Keep: alert 90 days before renewal, follow up when the score drops",
    "C": "First target of upsell and cross-sell",
    "D": "Automate, little manual work, alert when behaviour changes",
}
LOYALTY_GOALS = {
    "loyal": "Make them ambassadors",
    "stable": "Widen what they use",
    "at_risk": "Win back their trust",
}
LOYALTY_PLAYS = {
    "loyal": "Offer the top plan, ask for references",
    "stable": "Cross-sell what goes with what they hold",
    "at_risk": "Listen, onboard again, sell nothing",
}
# The articles say only that high scores come first; the rest is ours.
RFM_PLAYS = {
    "champions": "First to be offered what is new",
    "loyal_buyers": "Offer the next size or option",
    "new_buyers": "Onboard, then the second purchase",
    "promising": "Offer what goes with the last purchase",
    "cannot_lose": "Call personally, ask what changed",
    "fading": "Remind at the usual time to buy",
    "dormant": "Automated contact only",
    "needs_attention": "Ask for needs before offering",
}
FROM_ARTICLES = ("champions", "loyal_buyers")


def quadrant_plays(sizes: pd.DataFrame) -> pd.DataFrame:
    """Return the sizes of the quadrants with their play and who says so."""
    return sizes.assign(play=sizes["quadrant"].map(QUADRANT_PLAYS), play_from="from_articles")


def loyalty_plays(sizes: pd.DataFrame) -> pd.DataFrame:
    """Return the sizes of loyal, stable and at risk with goal and play, and who says so."""
    group = sizes["loyalty"]
    goal, play = group.map(LOYALTY_GOALS), group.map(LOYALTY_PLAYS)
    return sizes.assign(goal=goal, play=play, play_from="from_articles")


def rfm_plays(sizes: pd.DataFrame) -> pd.DataFrame:
    """Return the sizes of the RFM groups with their play and who says so."""
    source = sizes["rfm"].isin(FROM_ARTICLES).map({True: "from_articles", False: "ours"})
    return sizes.assign(play=sizes["rfm"].map(RFM_PLAYS), play_from=source)
