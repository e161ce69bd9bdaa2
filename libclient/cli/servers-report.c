#include "cli/servers-report.h"

#include <string.h>

#include "cli/json-rows.h"
#include "cli/terminal.h"

/* Where what is told of a step begins. */
#define VALUES 14

/* In their order; the words are the service's. */
static const struct
{
  const char *word;
  const char *title;
} steps[] = {
  { "resolve", "Address" },
  { "connect", "Connection" },
  { "answer", "Answer" },
  { "allocate", "Relay" },
};

/* Return: the place of the step that failed; the number of steps if none did. */
static guint
find_failed (const FramServerTest *test)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!test->ok && g_str_equal (test->step, steps[i].word))
      return i;
  return G_N_ELEMENTS (steps);
}

static gboolean
is_taken (guint step, const char *uri, const FramServerTest *test)
{
  if (g_str_equal (steps[step].word, "connect"))
    return !g_str_equal (test->transport, "udp");
  if (g_str_equal (steps[step].word, "allocate"))
    return g_str_has_prefix (uri, "turn");
  return TRUE;
}

/* Return: (transfer full) */
static char *
describe_relay (const FramServerTest *test)
{
  g_autofree char *lifetime = terminal_span (test->lifetime * G_TIME_SPAN_SECOND);
  gboolean both = test->relayed[0] != '\0' && test->relayed_6[0] != '\0';

  return g_strdup_printf ("%s%s%s, for %s", test->relayed, both ? " and " : "",
                          test->relayed_6, lifetime);
}

/* Return: (transfer full): what a step found that did not fail. */
static char *
describe (const char *step, const FramServerTest *test)
{
  g_autofree char *rtt = terminal_duration (test->rtt);

  if (g_str_equal (step, "resolve"))
    return g_strdup (test->server);
  if (g_str_equal (step, "connect"))
    return g_strdup_printf ("by %s", g_str_equal (test->transport, "tcp")   ? "TCP"
                                     : g_str_equal (test->transport, "tls") ? "TLS"
                                                                            : "DTLS");
  if (g_str_equal (step, "allocate"))
    return describe_relay (test);
  if (test->mapped[0] == '\0')
    return g_strdup_printf ("in %s", rtt);
  return g_strdup_printf ("in %s; it sees this computer at %s", rtt, test->mapped);
}

static void
append_line (GString *text, const char *title, const char *value, guint width)
{
  g_string_append_printf (text, "  %-*s", VALUES - 2, title);
  terminal_append_wrapped (text, value, VALUES, VALUES, width);
}

void
servers_append_report (GString *text, const char *id, const char *uri, const char *name,
                       const FramServerTest *test, guint width)
{
  g_autofree char *title = g_strconcat (uri, id[0] != '\0' ? "  " : "", id,
                                        name[0] != '\0' ? "  " : "", name, NULL);
  g_autofree char *took = terminal_span (test->took);
  g_autofree char *verdict = NULL;
  guint failed = find_failed (test);

  terminal_append_wrapped (text, title, 0, 2, width);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *found = i < failed ? describe (steps[i].word, test) : NULL;

      if (i == failed || is_taken (i, uri, test))
        append_line (text, steps[i].title,
                     i < failed    ? found
                     : i == failed ? "failed"
                                   : "not tried",
                     width);
    }
  verdict = test->ok ? g_strdup_printf ("All is well (%s). %s", took, test->advice)
                     : g_strdup (test->advice[0] != '\0' ? test->advice : test->cause);
  g_string_append (text, "  ");
  terminal_append_wrapped (text, g_strchomp (verdict), 2, 2, width);
}

void
servers_add_json (JsonBuilder *builder, const char *id, const char *uri, const char *name,
                  const FramServerTest *test)
{
  json_builder_begin_object (builder);
  json_add_text (builder, "id", id);
  json_add_text (builder, "uri", uri);
  json_add_text (builder, "name", name);
  json_add_flag (builder, "ok", test->ok);
  json_add_text (builder, "step", test->step);
  json_add_text (builder, "cause", test->cause);
  json_add_text (builder, "advice", test->advice);
  json_add_text (builder, "transport", test->transport);
  json_add_text (builder, "server", test->server);
  json_add_text (builder, "mapped", test->mapped);
  json_add_text (builder, "relayed", test->relayed);
  json_add_text (builder, "relayed_6", test->relayed_6);
  json_add_time (builder, "rtt_us", test->rtt);
  json_add_time (builder, "took_us", test->took);
  json_add_int (builder, "lifetime", test->lifetime);
  json_builder_end_object (builder);
}
