"""What a team keeps out of the talk: rules shown, spam, removal, filters of readers."""

from __future__ import annotations

from sim.compiling import rule


@rule
def spam_share(probability: float, rules_shown: int, rules_share: float) -> float:
    """Give the share of a spammer's openers that are ads: fewer where rules are shown.

    An assumption.

    Parameters
    ----------
    probability : float
        Without rules.
    rules_shown : int
        1: shown.
    rules_share : float
        Part left with rules.

    Examples
    --------
    >>> spam_share(0.5, 0, 0.5), spam_share(0.5, 1, 0.5)
    (0.5, 0.25)
    """
    return probability * rules_share if rules_shown else probability


@rule
def is_removed(u: float, share: float, is_ad: int, match: float, distance: float) -> bool:
    """Say whether a member's opener is removed: an ad, or one too far from the group's middle.

    An assumption.

    Parameters
    ----------
    u : float
        The uniform that decides.
    share : float
        Of those that the team removes; 0: off.
    is_ad : int
        1: an ad.
    match : float
        `topic_match` of its topic and the middle.
    distance : float
        Around the circle of topics, 0 ... 0.5; match falls by two for each.

    Examples
    --------
    >>> [is_removed(0.2, 0.5, ad, match, 0.35) for ad, match in ((1, 1.0), (0, 0.2), (0, 0.4))]
    [True, True, False]
    """
    return u < share and (is_ad == 1 or 1.0 - match > 2.0 * distance)


@rule
def is_hidden(match: float, least: float) -> bool:
    """Say whether a personal filter hides a member's message from a reader.

    Filters by reader as in Ren and Kraut (2014); form: assumption.

    Parameters
    ----------
    match, least : float
        `topic_match` of topic and reader, and the least that passes; 0: off.

    Examples
    --------
    >>> is_hidden(0.3, 0.5), is_hidden(0.3, 0.0)
    (True, False)
    """
    return match < least
