#include "rpc/log.h"

#include "dbus/names.h"

#define LOG_DOMAIN "framd"

void
fram_log_session (const char *path, const char *owner, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_log_structured (LOG_DOMAIN, G_LOG_LEVEL_INFO, FRAM_LOG_TOPIC, "session",
                    FRAM_LOG_SESSION, path, FRAM_LOG_OWNER, owner, "MESSAGE",
                    "session %s: %s", path, text);
}
