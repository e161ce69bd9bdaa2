#include "pages/server-test.h"
#include "model/format.h"
#include "widgets/panel-fact.h"

static const struct
{
  const char *word;
  const char *title;
} steps[] = {
  { "resolve", "The name is found" },
  { "connect", "It takes the connection" },
  { "answer", "It answers" },
  { "allocate", "It relays" },
};

#define N_STEPS G_N_ELEMENTS (steps)

struct _PanelServerTest
{
  GObject parent;

  AdwPreferencesGroup *group; /* outlives this */
  PanelFact *facts[N_STEPS];
  gboolean relays;
};

G_DEFINE_FINAL_TYPE (PanelServerTest, panel_server_test, G_TYPE_OBJECT)

static void
set_all (PanelServerTest *self, const char *value, const char *icon)
{
  for (guint i = 0; i < N_STEPS; i++)
    panel_fact_set (self->facts[i], value, icon);
}

static void
set_verdict (PanelServerTest *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_preferences_group_set_description (self->group, markup);
}

void
panel_server_test_begin (PanelServerTest *self, gboolean relays)
{
  self->relays = relays;
  gtk_widget_set_visible (GTK_WIDGET (self->facts[N_STEPS - 1]), relays);
  set_all (self, "…", "content-loading-symbolic");
  set_verdict (self, "The server is being tested …");
}

void
panel_server_test_fail (PanelServerTest *self, const char *message)
{
  set_all (self, "not tried", "action-unavailable-symbolic");
  set_verdict (self, message);
}

/* What a step that went well has found.  Return: (transfer full). */
static char *
found (const FramServerTest *result, guint step)
{
  g_autofree char *time = NULL;

  if (strcmp (steps[step].word, "resolve") == 0)
    return g_strdup (format_or_dash (result->server));
  if (strcmp (steps[step].word, "connect") == 0)
    return g_strdup_printf ("by %s", format_or_dash (result->transport));
  if (strcmp (steps[step].word, "answer") == 0)
    {
      time = format_duration (result->rtt);
      return g_strdup_printf ("in %s, and sees %s", time,
                              format_or_dash (result->mapped));
    }
  time = format_span ((gint64) result->lifetime * G_USEC_PER_SEC);
  return g_strdup_printf ("at %s%s%s, for %s", format_or_dash (result->relayed),
                          *result->relayed_6 == '\0' ? "" : " and ", result->relayed_6,
                          time);
}

void
panel_server_test_show (PanelServerTest *self, const FramServerTest *result)
{
  gboolean failed = FALSE;

  for (guint i = 0; i < N_STEPS; i++)
    {
      g_autofree char *value = NULL;

      if (failed)
        {
          panel_fact_set (self->facts[i], "not tried", "action-unavailable-symbolic");
          continue;
        }
      failed = !result->ok && strcmp (result->step, steps[i].word) == 0;
      value = failed ? format_title (format_or_dash (result->cause)) : found (result, i);
      panel_fact_set (self->facts[i], value,
                      failed ? "dialog-error-symbolic" : "emblem-ok-symbolic");
    }
  if (*result->advice != '\0')
    set_verdict (self, result->advice);
  else if (result->ok)
    set_verdict (self, "All is well.");
  else
    set_verdict (self, "The server cannot be used.");
}

PanelServerTest *
panel_server_test_new (AdwPreferencesGroup *group)
{
  PanelServerTest *self = g_object_new (PANEL_TYPE_SERVER_TEST, NULL);

  self->group = group;
  for (guint i = 0; i < N_STEPS; i++)
    {
      GtkWidget *fact = panel_fact_new (steps[i].title);

      adw_preferences_group_add (group, fact);
      self->facts[i] = PANEL_FACT (fact);
    }
  set_all (self, "not tried", "action-unavailable-symbolic");
  return self;
}

static void
panel_server_test_class_init (PanelServerTestClass *klass)
{
}

static void
panel_server_test_init (PanelServerTest *self)
{
}
