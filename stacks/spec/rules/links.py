"""Rules for private links to Git hosts and package registries."""

from collections.abc import Iterator

from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from stacks.spec.problems import Problem, shown_value
from stacks.spec.regions import region_of_service
from stacks.spec.rules.common import duplicate_attributes, duplicate_values
from stacks.spec.rules.draft import Draft


def link_names_and_hosts_are_unique(draft: Draft) -> Iterator[Problem]:
    """Git and registry links differ in `name` and `host`."""
    for attribute in ("name", "host"):
        remedy = f"choose another {attribute}, or merge the two links"
        yield from duplicate_attributes(_links(draft), attribute, "Git and registry link", remedy)


def endpoint_services_are_in_the_region(draft: Draft) -> Iterator[Problem]:
    """Each `endpoint_service` is in `regions.primary`: the code that a link transports does not cross regions."""
    if draft.regions is None:
        return
    for path, link in _links(draft):
        region = region_of_service(link.endpoint_service)
        if region != draft.regions.primary:
            yield Problem(
                path=f"{path}.endpoint_service",
                got=f"{shown_value(link.endpoint_service)}, a service in {region}",
                allowed=f"a service in regions.primary, {draft.regions.primary}",
                remedy="ask the host's owner for an endpoint service in that region",
            )


def ports_are_distinct(draft: Draft) -> Iterator[Problem]:
    """A link has each of its `ports` once."""
    for path, link in _links(draft):
        yield from duplicate_values(f"{path}.ports", map(str, link.ports), "port")


def git_links_name_what_to_read(draft: Draft) -> Iterator[Problem]:
    """A Git link names repositories or groups, each once."""
    for index, link in draft.git_links:
        if not link.repositories and not link.groups:
            yield Problem(
                path=f"git_links[{index}]",
                got="neither repositories nor groups",
                allowed="at least one repository or group",
                remedy="name what the keep may read there, or remove the link",
            )
        yield from duplicate_values(f"git_links[{index}].repositories", link.repositories, "repository")
        yield from duplicate_values(f"git_links[{index}].groups", link.groups, "group")


def github_paths_have_two_parts(draft: Draft) -> Iterator[Problem]:
    """On GitHub Enterprise a repository is `<owner>/<name>` and a group has no slash."""
    for index, link in draft.git_links:
        if link.kind != "github-enterprise":
            continue
        for position, repository in enumerate(link.repositories):
            if repository.count("/") != 1:
                yield Problem(
                    path=f"git_links[{index}].repositories[{position}]",
                    got=shown_value(repository),
                    allowed="<owner>/<name> on GitHub Enterprise; only GitLab has nested groups",
                    remedy="write owner and name alone, or correct the link's kind",
                )
        for position, group in enumerate(link.groups):
            if "/" in group:
                yield Problem(
                    path=f"git_links[{index}].groups[{position}]",
                    got=shown_value(group),
                    allowed="an organisation on GitHub Enterprise, without a slash",
                    remedy="name the organisation, or list the repository under repositories",
                )


def _links(draft: Draft) -> Iterator[tuple[str, GitLinkSpec | RegistryLinkSpec]]:
    for index, git_link in draft.git_links:
        yield f"git_links[{index}]", git_link
    for index, registry_link in draft.registry_links:
        yield f"registry_links[{index}]", registry_link
