"""One table from error to HTTP status, one JSON shape for all of them."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from arena import errors

STATUS: dict[type[errors.ArenaError], int] = {
    errors.Malformed: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.TooManyRequests: 429,
    errors.NotConfirmed: 503,
    errors.WorkerStopped: 503,
}


def status_of(error: errors.ArenaError) -> int:
    """Return the HTTP status of an error, by the nearest class in `STATUS`."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def error_response(error: errors.ArenaError) -> JSONResponse:
    """Put an error into the one shape."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return _shape(status_of(error), error.code, error.message, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Let every refusal under the API, ours and the framework's, take the one shape."""
    app.add_exception_handler(errors.ArenaError, _arena_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _arena_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.ArenaError)  # noqa: S101  registered for this class only
    return error_response(error)


async def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class only
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_response(errors.Malformed("malformed", "The body is not JSON."))
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return error_response(errors.Invalid("invalid", f"{where or 'body'}: {first['msg']}"))


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class only
    code = {400: "malformed", 404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
    return _shape(error.status_code, code, str(error.detail), dict(error.headers or {}))


def _shape(status: int, code: str, message: str, headers: dict[str, str]) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
