#include "model/format.h"

#define DASH "–"

char *
format_duration (gint64 us)
{
  if (us < 0)
    return g_strdup (DASH);
  if (us < 10 * 1000)
    return g_strdup_printf ("%.1f ms", us / 1e3);
  if (us < 1000 * 1000)
    return g_strdup_printf ("%.0f ms", us / 1e3);
  if (us < 60 * G_USEC_PER_SEC)
    return g_strdup_printf ("%.1f s", us / 1e6);
  return format_span (us);
}

char *
format_span (gint64 us)
{
  gint64 seconds = us / G_USEC_PER_SEC;

  if (us < 0)
    return g_strdup (DASH);
  if (seconds < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", seconds);
  if (seconds < 2 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", seconds / 60);
  if (seconds < 48 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h", seconds / 3600);
  return g_strdup_printf ("%" G_GINT64_FORMAT " days", seconds / (24 * 3600));
}

char *
format_age (gint64 us)
{
  g_autofree char *span = NULL;

  if (us < 0)
    return g_strdup ("never");
  span = format_span (us);
  return g_strdup_printf ("%s ago", span);
}

char *
format_bytes (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
format_rate (double bytes)
{
  g_autofree char *size = NULL;

  if (bytes < 1)
    return g_strdup (DASH);
  size = g_format_size ((guint64) bytes);
  return g_strdup_printf ("%s/s", size);
}

char *
format_count (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

char *
format_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_seconds);

  if (time == NULL)
    return g_strdup (DASH);
  return g_date_time_format (time, "%e %b %Y, %H:%M");
}

char *
format_word (const char *word)
{
  return g_strdelimit (g_strdup (word), "-", ' ');
}

char *
format_title (const char *word)
{
  char *text = format_word (word);

  text[0] = g_ascii_toupper (text[0]);
  return text;
}

const char *
format_or_dash (const char *text)
{
  return text == NULL || *text == '\0' ? DASH : text;
}
