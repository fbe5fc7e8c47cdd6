"""Says no where AWS does: every call of the stand-in passes here before moto sees it."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.calls import not_logged
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.refusals import catalogue
from sandbox.aws.refusals.constraints import breaches
from sandbox.aws.refusals.model import check_parameters
from sandbox.aws.refusals.refusal import Call, refused


def refuse(model: Any, call: Call) -> None:
    """Lets a call pass that AWS would accept.

    Raises:
        InvalidParameterError: a parameter is outside of the service's model or of its documented limits.
        ClientError: AWS refuses the call, in its own words.
    """
    if model.input_shape is None:
        return
    check_parameters(call.params, model)
    _check_constraints(model, call)
    for rule in catalogue.of(call.service, call.operation):
        with not_logged():
            words = rule.answer(call)
        if words is not None:
            raise refused(call.operation, rule.code, words)


def refuse_invalid(client: Any, operation: str, **parameters: Any) -> None:
    """Checks a call that is recorded instead of made, as if it were made.

    Raises:
        InvalidParameterError, ClientError: AWS would refuse it.
    """
    from botocore.validate import ParamValidator  # noqa: PLC0415 - a preview never gets here

    model = client.meta.service_model.operation_model(operation)
    report = ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        raise InvalidParameterError(f"{model.service_model.service_name} {operation}: {report.generate_report()}")
    check_as_call(client, operation, parameters)


def check_as_call(client: Any, operation: str, parameters: Mapping[str, Any]) -> None:
    """Runs the checks of a call that is not made: those of the client's own hook. Required members may be missing."""
    model = client.meta.service_model.operation_model(operation)
    event = f"before-parameter-build.{model.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.emit(event, params=dict(parameters), model=model, context={})


def _check_constraints(model: Any, call: Call) -> None:
    found = list(breaches(call.params, model.input_shape, call.service))
    spoken = next((breach for breach in found if breach.words), None)
    if spoken is not None:
        raise refused(call.operation, spoken.constraint.code, f"{spoken.words} ({spoken.path} {spoken.problem})")
    if found:
        problems = "; ".join(f"{breach.path} {breach.problem}" for breach in found)
        raise InvalidParameterError(f"{call.service} {call.operation}: {problems}")
