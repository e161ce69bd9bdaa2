/* What can go wrong, as one error domain. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FramError:
 * @FRAM_ERROR_FAILED: Something went wrong that has no code of its own.
 * @FRAM_ERROR_INVALID_ARGUMENT: An argument or option is wrong.
 * @FRAM_ERROR_INVALID_CANDIDATE: A candidate line is wrong.
 * @FRAM_ERROR_INVALID_DESCRIPTION: The description of the peer is wrong.
 * @FRAM_ERROR_WRONG_STATE: The session cannot do this now.
 * @FRAM_ERROR_LIMIT_EXCEEDED: There is too much of something.
 * @FRAM_ERROR_NOT_SUPPORTED: The service cannot do this.
 * @FRAM_ERROR_NO_SESSION: The service knows no such session.
 * @FRAM_ERROR_ACCESS_DENIED: It is somebody else's, or closed to applications in sandboxes.
 * @FRAM_ERROR_CLOSED: The session has ended, and its data with it.
 * @FRAM_ERROR_SERVICE_UNAVAILABLE: The service does not run and could not be started.
 * @FRAM_ERROR_SERVICE_LOST: The service ended while it was needed.  What it held is gone;
 *   a new session may be created at once.
 * @FRAM_ERROR_TIMED_OUT: The service is there but gave no answer in time.
 * @FRAM_ERROR_NO_SETTING: There is no setting of that name.
 * @FRAM_ERROR_LOCKED: An administrator has decided this.
 * @FRAM_ERROR_NOT_STORED: The disk did not take the change, so it was not made.
 * @FRAM_ERROR_NO_SERVER: The settings have no such server.
 *
 * The errors of the library and of the service.
 *
 * Calls may also fail with %G_IO_ERROR_CANCELLED, and those that do not block with
 * %G_IO_ERROR_WOULD_BLOCK.
 */
typedef enum
{
  FRAM_ERROR_FAILED,
  FRAM_ERROR_INVALID_ARGUMENT,
  FRAM_ERROR_INVALID_CANDIDATE,
  FRAM_ERROR_INVALID_DESCRIPTION,
  FRAM_ERROR_WRONG_STATE,
  FRAM_ERROR_LIMIT_EXCEEDED,
  FRAM_ERROR_NOT_SUPPORTED,
  FRAM_ERROR_NO_SESSION,
  FRAM_ERROR_ACCESS_DENIED,
  FRAM_ERROR_CLOSED,
  FRAM_ERROR_SERVICE_UNAVAILABLE,
  FRAM_ERROR_SERVICE_LOST,
  FRAM_ERROR_TIMED_OUT,
  FRAM_ERROR_NO_SETTING,
  FRAM_ERROR_LOCKED,
  FRAM_ERROR_NOT_STORED,
  FRAM_ERROR_NO_SERVER,
} FramError;

#define FRAM_TYPE_ERROR (fram_error_get_type ())
FRAM_API GType fram_error_get_type (void);

/**
 * FRAM_ERROR:
 *
 * The error domain of the library; its codes are [error@Error].
 */
#define FRAM_ERROR (fram_error_quark ())
FRAM_API GQuark fram_error_quark (void);

G_END_DECLS
