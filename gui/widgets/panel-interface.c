#include "widgets/panel-interface.h"
#include "model/format.h"
#include "widgets/panel-fact.h"

typedef struct
{
  const char *property;
  const char *title;
  char *(*number) (gint64 us); /* NULL: it is a word or a text */
} Fact;

static const Fact facts[] = {
  { "mapped-address", "Address outside", NULL },
  { "rtt", "Round trip to the server that saw it", format_duration },
  { "translated", "Addresses are translated", NULL },
  { "mapping", "A new port for each destination? (mapping)", NULL },
  { "filtering", "Who gets in (filtering)", NULL },
  { "keeps-port", "Ports are kept", NULL },
  { "hairpin", "Hosts inside reach each other by outside addresses", NULL },
  { "lives", "A mapping nobody uses lives at least", format_span },
  { "dies", "And at most", format_span },
  { "keepalive", "Time between two keep-alives", format_span },
  { "server-answers", "A server answers over UDP", NULL },
  { "server-helps", "A server helps to find all this out (RFC 5780)", NULL },
  { "age", "Found out", format_age },
};

struct _PanelInterface
{
  AdwExpanderRow parent;

  FramRow *row;
  GtkWidget *spinner;
  GtkWidget *image;
  PanelFact *facts[G_N_ELEMENTS (facts)];
  GPtrArray *calls; /* of PanelFact */
};

G_DEFINE_FINAL_TYPE (PanelInterface, panel_interface, ADW_TYPE_EXPANDER_ROW)

static const char *
expectation_icon (const char *word)
{
  if (g_str_has_prefix (word, "direct"))
    return "emblem-ok-symbolic";
  if (strcmp (word, "relay") == 0)
    return "network-server-symbolic";
  return "dialog-question-symbolic";
}

/* Why an address is left out, as a sentence. */
static const char *
left_out (const char *use)
{
  static const struct
  {
    const char *word, *text;
  } reasons[] = {
    { "loopback", "Not used: it leads nowhere but to this computer." },
    { "link-local", "Not used: it is known on this link alone." },
    { "virtual", "Not used: it belongs to a bridge or a container." },
    { "deprecated", "Not used: it is about to go." },
    { "obsolete", "Not used: it is of a kind that is not to be used any more." },
    { "traceable", "Not used: it tells this computer in every network, and there is a "
                   "temporary one." },
    { "vpn", "Not used: the policies leave out VPNs." },
    { "denied", "Not used: the policies leave out this interface." },
    { "family", "Not used: the policies leave out this version of IP." },
    { "failed", "Not used: no socket could be opened at it." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strcmp (reasons[i].word, use) == 0)
      return reasons[i].text;
  return "Not used.";
}

/* Its NAT, and what is to be expected of a call.  Return: (transfer full). */
static char *
describe_nat (FramRow *row)
{
  const char *kind = fram_row_get_string (row, "kind-name");

  if (strcmp (fram_row_get_string (row, "kind"), "unknown") != 0)
    return g_strdup_printf ("%s. %s", kind, fram_row_get_string (row, "explanation"));
  if (fram_row_get_boolean (row, "checking"))
    return g_strdup ("What NAT is in the way is being found out.");
  return g_strdup ("What NAT is in the way is not known: no server has told yet.");
}

/* --- Bringing it up to date -------------------------------------------------------- */

/* What turns where nobody looks costs a frame each time. */
static void
show_checking (PanelInterface *self)
{
  gboolean checking = fram_row_get_boolean (self->row, "checking");

  gtk_widget_set_visible (self->spinner, checking);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner),
                            checking && gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static void
show_title (PanelInterface *self)
{
  const char *use = fram_row_get_string (self->row, "use");
  gboolean used = strcmp (use, "used") == 0;
  g_autofree char *title
      = g_strdup_printf ("%s   %s", fram_row_get_string (self->row, "name"),
                         fram_row_get_string (self->row, "address"));
  g_autofree char *subtitle = used ? describe_nat (self->row) : g_strdup (left_out (use));

  subtitle[0] = g_ascii_toupper (subtitle[0]);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_image_set_from_icon_name (
      GTK_IMAGE (self->image),
      used ? expectation_icon (fram_row_get_string (self->row, "expectation"))
           : "action-unavailable-symbolic");
  show_checking (self);
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), used);
}

static void
show_facts (PanelInterface *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *value = NULL;

      if (facts[i].number != NULL)
        value = facts[i].number (fram_row_get_number (self->row, facts[i].property));
      else
        value = format_word (
            format_or_dash (fram_row_get_string (self->row, facts[i].property)));
      panel_fact_set (self->facts[i], value, NULL);
    }
}

static void
show_calls (PanelInterface *self)
{
  GListModel *calls = fram_interface_row_get_calls (FRAM_INTERFACE_ROW (self->row));

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++)
    {
      g_autoptr (FramRow) call = g_list_model_get_item (calls, i);
      const char *expectation = fram_row_get_string (call, "expectation");
      g_autofree char *title = g_strdup_printf ("A call to somebody behind: %s",
                                                fram_row_get_string (call, "kind-name"));
      g_autofree char *value
          = g_strdup (strcmp (expectation, "relay") == 0 ? "needs a relay" : expectation);

      if (i == self->calls->len)
        {
          GtkWidget *fact = panel_fact_new (title);

          adw_expander_row_add_row (ADW_EXPANDER_ROW (self), fact);
          g_ptr_array_add (self->calls, fact);
        }
      adw_preferences_row_set_title (g_ptr_array_index (self->calls, i), title);
      panel_fact_set (g_ptr_array_index (self->calls, i), value,
                      expectation_icon (expectation));
    }
}

static void
update (PanelInterface *self)
{
  show_title (self);
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    {
      show_facts (self);
      show_calls (self);
    }
}

/* --- The widget -------------------------------------------------------------------- */

GtkWidget *
panel_interface_new (FramInterfaceRow *row)
{
  PanelInterface *self = g_object_new (PANEL_TYPE_INTERFACE, NULL);

  self->row = g_object_ref (FRAM_ROW (row));
  g_signal_connect_object (row, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::expanded", G_CALLBACK (update), NULL);
  update (self);
  return GTK_WIDGET (self);
}

static void
panel_interface_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_interface_parent_class)->map (widget);
  show_checking (PANEL_INTERFACE (widget));
}

static void
panel_interface_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_interface_parent_class)->unmap (widget);
  gtk_spinner_stop (GTK_SPINNER (PANEL_INTERFACE (widget)->spinner));
}

static void
panel_interface_dispose (GObject *object)
{
  PanelInterface *self = PANEL_INTERFACE (object);

  g_signal_handlers_disconnect_by_func (self, update, NULL);
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, update, self);
  g_clear_object (&self->row);
  G_OBJECT_CLASS (panel_interface_parent_class)->dispose (object);
}

static void
panel_interface_finalize (GObject *object)
{
  g_ptr_array_unref (PANEL_INTERFACE (object)->calls);
  G_OBJECT_CLASS (panel_interface_parent_class)->finalize (object);
}

static void
panel_interface_class_init (PanelInterfaceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = panel_interface_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_interface_finalize;
  GTK_WIDGET_CLASS (klass)->map = panel_interface_map;
  GTK_WIDGET_CLASS (klass)->unmap = panel_interface_unmap;
}

static void
panel_interface_init (PanelInterface *self)
{
  self->calls = g_ptr_array_new ();
  self->spinner = gtk_spinner_new ();
  self->image = gtk_image_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spinner),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Is being found out",
                                  -1);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (self), self->image);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), self->spinner);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      GtkWidget *fact = panel_fact_new (facts[i].title);

      self->facts[i] = PANEL_FACT (fact);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self), fact);
    }
}
