/* Credentials that expire, as servers with a shared secret take them: the user name is the time
 * of their end, in seconds since 1970, alone or with “:” and a name behind it. */
#include "broker/broker-private.h"

/* Of 2001 to 5138; what is shorter or longer is somebody's name. */
#define DIGITS_MIN 9
#define DIGITS_MAX 11

/* Return: -1: it says no time. */
static gint64
get_end (const char *username)
{
  gint64 end = 0;
  guint n = 0;

  while (n <= DIGITS_MAX && g_ascii_isdigit (username[n]))
    end = 10 * end + (username[n++] - '0');
  if (n < DIGITS_MIN || n > DIGITS_MAX || (username[n] != ':' && username[n] != '\0'))
    return -1;
  return end;
}

void
fram_broker_told_time_of_day (FramBroker *broker, gint64 seconds, FramTime now)
{
  broker->knows_day = TRUE;
  broker->day_began = seconds - now / FRAM_SECONDS (1);
}

gboolean
fram_broker_has_expired (const FramBroker *broker, const char *username, FramTime now)
{
  gint64 end = username != NULL ? get_end (username) : -1;

  return broker->knows_day && end >= 0
         && end <= broker->day_began + now / FRAM_SECONDS (1);
}
