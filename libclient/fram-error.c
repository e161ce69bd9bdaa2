#include "fram-error.h"
#include "bus-error.h"

G_DEFINE_ENUM_TYPE (
    FramError, fram_error, G_DEFINE_ENUM_VALUE (FRAM_ERROR_FAILED, "failed"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_INVALID_ARGUMENT, "invalid-argument"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_INVALID_CANDIDATE, "invalid-candidate"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_INVALID_DESCRIPTION, "invalid-description"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_WRONG_STATE, "wrong-state"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_LIMIT_EXCEEDED, "limit-exceeded"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_NOT_SUPPORTED, "not-supported"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_NO_SESSION, "no-session"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_ACCESS_DENIED, "access-denied"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_CLOSED, "closed"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_SERVICE_UNAVAILABLE, "service-unavailable"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_SERVICE_LOST, "service-lost"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_TIMED_OUT, "timed-out"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_NO_SETTING, "no-setting"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_LOCKED, "locked"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_NOT_STORED, "not-stored"),
    G_DEFINE_ENUM_VALUE (FRAM_ERROR_NO_SERVER, "no-server"))

/* The names of the contract, as in dbus/names.h.  Errors that only the library itself
 * finds have no name on the bus. */
static const GDBusErrorEntry bus_names[] = {
  { FRAM_ERROR_INVALID_ARGUMENT, "org.fram.Ice1.Error.InvalidArgument" },
  { FRAM_ERROR_INVALID_CANDIDATE, "org.fram.Ice1.Error.InvalidCandidate" },
  { FRAM_ERROR_INVALID_DESCRIPTION, "org.fram.Ice1.Error.InvalidDescription" },
  { FRAM_ERROR_WRONG_STATE, "org.fram.Ice1.Error.WrongState" },
  { FRAM_ERROR_LIMIT_EXCEEDED, "org.fram.Ice1.Error.LimitExceeded" },
  { FRAM_ERROR_NOT_SUPPORTED, "org.fram.Ice1.Error.NotSupported" },
  { FRAM_ERROR_NO_SESSION, "org.fram.Ice1.Error.NoSession" },
  { FRAM_ERROR_NO_SETTING, "org.fram.Ice1.Error.NoSetting" },
  { FRAM_ERROR_LOCKED, "org.fram.Ice1.Error.Locked" },
  { FRAM_ERROR_NOT_STORED, "org.fram.Ice1.Error.NotStored" },
  { FRAM_ERROR_NO_SERVER, "org.fram.Ice1.Error.NoServer" },
  { FRAM_ERROR_FAILED, "org.fram.Ice1.Error.Failed" },
};

/**
 * fram_error_quark:
 *
 * Gives the error domain of the library; the errors of the bus are mapped to it.
 *
 * Returns: The domain.
 */
GQuark
fram_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("fram-error-quark", &quark, bus_names,
                                      G_N_ELEMENTS (bus_names));
  return quark;
}

static int
code_of_bus_error (int bus_code, FramCallee callee)
{
  gboolean session = callee == FRAM_CALLEE_SESSION;

  switch (bus_code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
      return session ? FRAM_ERROR_SERVICE_LOST : FRAM_ERROR_SERVICE_UNAVAILABLE;
    case G_DBUS_ERROR_NO_REPLY:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_NO_SERVER:
      return FRAM_ERROR_SERVICE_LOST;
    case G_DBUS_ERROR_UNKNOWN_OBJECT:
    case G_DBUS_ERROR_UNKNOWN_METHOD:
    case G_DBUS_ERROR_UNKNOWN_INTERFACE:
      return session ? FRAM_ERROR_NO_SESSION : FRAM_ERROR_NOT_SUPPORTED;
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
    case G_DBUS_ERROR_SPAWN_SETUP_FAILED:
    case G_DBUS_ERROR_SPAWN_CONFIG_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
    case G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID:
    case G_DBUS_ERROR_SPAWN_FILE_INVALID:
      return FRAM_ERROR_SERVICE_UNAVAILABLE;
    case G_DBUS_ERROR_INVALID_ARGS:
    case G_DBUS_ERROR_INVALID_SIGNATURE:
      return FRAM_ERROR_INVALID_ARGUMENT;
    case G_DBUS_ERROR_ACCESS_DENIED:
    case G_DBUS_ERROR_AUTH_FAILED:
      return FRAM_ERROR_ACCESS_DENIED;
    case G_DBUS_ERROR_LIMITS_EXCEEDED:
      return FRAM_ERROR_LIMIT_EXCEEDED;
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
      return FRAM_ERROR_TIMED_OUT;
    default: /* The bus's enumeration, not ours: it may grow. */
      return FRAM_ERROR_FAILED;
    }
}

static const char *
sentence_for (int code)
{
  if (code == FRAM_ERROR_SERVICE_UNAVAILABLE)
    return "The Fram service (framd) does not run and could not be started: ";
  if (code == FRAM_ERROR_SERVICE_LOST)
    return "The Fram service (framd) ended while it was needed: ";
  if (code == FRAM_ERROR_TIMED_OUT)
    return "The Fram service (framd) does not answer: ";
  if (code == FRAM_ERROR_NO_SESSION)
    return "The session has ended: ";
  return "";
}

GError *
fram_bus_error_translate (GError *error, FramCallee callee)
{
  g_autoptr (GError) owned = error;
  int code;

  g_dbus_error_strip_remote_error (owned);
  if (owned->domain == G_DBUS_ERROR)
    code = code_of_bus_error (owned->code, callee);
  else if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CLOSED))
    code = FRAM_ERROR_SERVICE_LOST;
  else if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = FRAM_ERROR_TIMED_OUT;
  else if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    code = FRAM_ERROR_FAILED;
  else
    return g_steal_pointer (&owned);
  return g_error_new (FRAM_ERROR, code, "%s%s", sentence_for (code), owned->message);
}
