"""Rules for teams, sign-in, prompt storage and the cap on repositories."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from codekeep_contracts.settings.links import GitLinkSpec

from stacks.spec.problems import Problem, nearest_word, shown_value
from stacks.spec.rules.common import cap_below, duplicate_attributes, duplicate_values
from stacks.spec.rules.draft import Draft

KEY_NUMBERS = {"RSA": ("n", "e"), "EC": ("x", "y")}


def grants_belong_to_a_link(draft: Draft) -> Iterator[Problem]:
    """A team's repositories are repositories or groups of a Git link, each once."""
    if draft.access is None or not draft.git_links.complete or not draft.git_links.valid:
        return
    links = {link.name: link for link in draft.git_links.values}
    for index, team in enumerate(draft.access.teams):
        yield from duplicate_values(f"access.teams[{index}].repositories", team.repositories, "repository")
        for position, grant in enumerate(team.repositories):
            problem = _grant_problem(f"access.teams[{index}].repositories[{position}]", grant, links)
            if problem is not None:
                yield problem


def teams_are_distinct(draft: Draft) -> Iterator[Problem]:
    """Teams differ in `name` and `group`, and `access.entry_principals` has each principal once."""
    if draft.access is None:
        return
    teams = [(f"access.teams[{index}]", team) for index, team in enumerate(draft.access.teams)]
    for attribute in ("name", "group"):
        yield from duplicate_attributes(teams, attribute, "team", "merge the two teams, or correct one")
    yield from duplicate_values("access.entry_principals", draft.access.entry_principals, "principal")


def issuer_is_reachable(draft: Draft) -> Iterator[Problem]:
    """`access.oidc.jwks` is `fetch` only where a Git link leads to the issuer's host: pods cannot reach another."""
    if draft.access is None or draft.access.oidc.jwks != "fetch":
        return
    host = urlsplit(draft.access.oidc.issuer).hostname or ""
    if not any(link.host == host for link in draft.git_links.values):
        yield Problem(
            path="access.oidc.jwks",
            got=f'"fetch" from {host}, which the keep cannot reach',
            allowed="fetch only from the host of a Git link (not through network.egress); else pinned",
            remedy="set jwks to pinned and give keys",
        )


def signing_keys_are_complete(draft: Draft) -> Iterator[Problem]:
    """With `jwks: pinned` there are keys, each once and with the numbers of its kind; with `fetch` there are none."""
    if draft.access is None:
        return
    oidc = draft.access.oidc
    if (oidc.jwks == "pinned") != bool(oidc.keys):
        pinned = oidc.jwks == "pinned"
        yield Problem(
            path="access.oidc.keys",
            got="nothing" if pinned else f"{len(oidc.keys)} keys",
            allowed="1 to 10 keys of the issuer's JWKS" if pinned else "no keys while jwks is fetch",
            remedy="copy the signing keys from the issuer's JWKS document" if pinned else "remove keys",
        )
    yield from duplicate_values("access.oidc.keys", [key.kid for key in oidc.keys], "kid")
    for index, key in enumerate(oidc.keys):
        wanted = KEY_NUMBERS[key.kty]
        given = tuple(name for name in ("n", "e", "x", "y") if getattr(key, name) is not None)
        if given != wanted:
            yield Problem(
                path=f"access.oidc.keys[{index}]",
                got=f"kty {key.kty} with {', '.join(given) or 'no number'}",
                allowed=f"{wanted[0]} and {wanted[1]} for kty {key.kty}",
                remedy="copy the key from the issuer's JWKS document",
            )


def prompt_storage_is_complete(draft: Draft) -> Iterator[Problem]:
    """Stored prompts have redaction, a retention and an approver; without storage the last two are absent."""
    storage = draft.prompt_storage
    if storage is None:
        return
    if not storage.enabled:
        for name in ("retention_days", "approved_by"):
            if getattr(storage, name) is not None:
                yield Problem(
                    path=f"prompt_storage.{name}",
                    got=shown_value(getattr(storage, name)),
                    allowed=f"no {name} while prompt_storage.enabled is false",
                    remedy=f"remove {name}, or enable prompt storage",
                )
        return
    if not storage.redaction:
        yield Problem(
            path="prompt_storage.redaction",
            got="false",
            allowed="true while prompts are stored",
            remedy="set redaction to true, or disable prompt storage",
        )
    for name, what in (("retention_days", "days the prompts are kept"), ("approved_by", "the approver's name")):
        if getattr(storage, name) is None:
            yield Problem(
                path=f"prompt_storage.{name}",
                got="nothing",
                allowed=f"{what}, since prompts are stored",
                remedy=f"add {name}, or disable prompt storage",
            )


def repositories_are_within_the_cap(draft: Draft) -> Iterator[Problem]:
    """`caps.repositories` covers the repositories that the Git links list."""
    listed = sum(len(link.repositories) for link in draft.git_links.values)
    cap = draft.caps.repositories if draft.caps is not None else None
    remedy = "raise the cap or list fewer repositories"
    yield from cap_below("caps.repositories", cap, listed, "the Git links list", remedy)


def _grant_problem(path: str, grant: str, links: Mapping[str, GitLinkSpec]) -> Problem | None:
    name, _, repository = grant.partition(":")
    link = links.get(name)
    if link is None:
        near = nearest_word(name, links)
        return Problem(
            path=path,
            got=f"{shown_value(grant)}, of an unknown link",
            allowed=f"a repository of one of the Git links {', '.join(links)}",
            remedy=f"did you mean {near}:{repository}?" if near else "add the link, or correct its name",
        )
    if repository in link.repositories or any(f"{repository}/".startswith(f"{group}/") for group in link.groups):
        return None
    near = nearest_word(repository, link.repositories)
    readable = shown_value([*(f"{group}/*" for group in link.groups), *link.repositories])
    return Problem(
        path=path,
        got=f"{shown_value(grant)}, which the link does not read",
        allowed=f"a repository or group of git link {name}: {readable}",
        remedy=f"did you mean {name}:{near}?" if near else f"add it to the link {name}, or remove it here",
    )
