#include "rpc/errors.h"

#include "broker/broker.h"
#include "dbus/names.h"
#include "store/errors.h"
#include "store/settings-keys.h"

static const char *
broker_error_name (FramBrokerError code)
{
  switch (code)
    {
    case FRAM_BROKER_ERROR_NO_SESSION:
      return FRAM_ERROR_NO_SESSION;
    case FRAM_BROKER_ERROR_INVALID_ARGUMENT:
      return FRAM_ERROR_INVALID_ARGUMENT;
    case FRAM_BROKER_ERROR_INVALID_CANDIDATE:
      return FRAM_ERROR_INVALID_CANDIDATE;
    case FRAM_BROKER_ERROR_INVALID_DESCRIPTION:
      return FRAM_ERROR_INVALID_DESCRIPTION;
    case FRAM_BROKER_ERROR_WRONG_STATE:
      return FRAM_ERROR_WRONG_STATE;
    case FRAM_BROKER_ERROR_LIMIT:
      return FRAM_ERROR_LIMIT_EXCEEDED;
    case FRAM_BROKER_ERROR_NOT_SUPPORTED:
      return FRAM_ERROR_NOT_SUPPORTED;
    }
  return FRAM_ERROR_FAILED;
}

static const char *
settings_error_name (FramSettingsError code)
{
  switch (code)
    {
    case FRAM_SETTINGS_ERROR_NO_SETTING:
      return FRAM_ERROR_NO_SETTING;
    case FRAM_SETTINGS_ERROR_INVALID:
      return FRAM_ERROR_INVALID_ARGUMENT;
    case FRAM_SETTINGS_ERROR_LOCKED:
      return FRAM_ERROR_LOCKED;
    case FRAM_SETTINGS_ERROR_NO_SERVER:
      return FRAM_ERROR_NO_SERVER;
    case FRAM_SETTINGS_ERROR_LIMIT:
      return FRAM_ERROR_LIMIT_EXCEEDED;
    }
  return FRAM_ERROR_FAILED;
}

const char *
fram_rpc_error_name (const GError *error)
{
  if (error->domain == FRAM_BROKER_ERROR)
    return broker_error_name (error->code);
  if (error->domain == FRAM_SETTINGS_ERROR)
    return settings_error_name (error->code);
  if (error->domain == FRAM_STORE_ERROR)
    return FRAM_ERROR_NOT_STORED;
  return FRAM_ERROR_FAILED;
}

void
fram_rpc_fail (FramCall *call, const GError *error)
{
  fram_call_fail (call, fram_rpc_error_name (error), "%s", error->message);
}
