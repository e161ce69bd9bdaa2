#include "pages/network-page.h"
#include "model/format.h"
#include "model/words.h"
#include "widgets/panel-interface.h"
#include "widgets/panel-table.h"

struct _PanelNetworkPage
{
  GtkWidget parent;

  GtkWidget *scroller;
  AdwPreferencesGroup *group;
  GtkSpinner *spinner;
  GtkLabel *check_label;
  GtkLabel *problem;
  PanelTable *servers;
  PanelTable *mappings;
  PanelTable *relays;
  PanelTable *deaf;

  PanelWorld *world;
  FramNetworkWatch *watch; /* NULL while the page is not on the screen */
  GPtrArray *interfaces;   /* of PanelInterface, as they stand in the group */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PanelNetworkPage, panel_network_page, GTK_TYPE_WIDGET)

static const PanelColumn server_columns[] = {
  { "uri", "Server", 22, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXPAND },
  { "address", "Address", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "transport", "Over", 5, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "health", "Health", 17, PANEL_FORMAT_TEXT, PANEL_COLUMN_LIVE, words_server_health,
    words_server_icon, words_server_style },
  { "rtt", "Round trip", 9, PANEL_FORMAT_DURATION,
    PANEL_COLUMN_WIDE | PANEL_COLUMN_LIVE },
  { "successes", "Answers", 7, PANEL_FORMAT_NUMBER,
    PANEL_COLUMN_WIDE | PANEL_COLUMN_LIVE },
  { "failures", "Silences", 7, PANEL_FORMAT_NUMBER,
    PANEL_COLUMN_WIDE | PANEL_COLUMN_LIVE },
  { "success-age", "Last answer", 9, PANEL_FORMAT_AGE, PANEL_COLUMN_WIDE },
  { "in-use", "In use", 6, PANEL_FORMAT_FLAG, PANEL_COLUMN_WIDE },
};

static const PanelColumn mapping_columns[] = {
  { "mapped", "Address outside", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXPAND },
  { "local", "Of the socket", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "interface", "Interface", 8, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "server", "Seen by", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "state", "State", 10, .text = words_mapping_state },
  { "sessions", "Sessions", 7, PANEL_FORMAT_NUMBER, PANEL_COLUMN_WIDE },
  { "next", "Next keep-alive", 12, PANEL_FORMAT_SPAN, PANEL_COLUMN_LIVE },
  { "interval", "Every", 6, PANEL_FORMAT_SPAN, PANEL_COLUMN_WIDE },
  { "age", "Since", 7, PANEL_FORMAT_SPAN, PANEL_COLUMN_WIDE },
  { "lane", "Lane", 5, PANEL_FORMAT_NUMBER, PANEL_COLUMN_EXTRA },
  { "socket", "Socket", 6, PANEL_FORMAT_NUMBER, PANEL_COLUMN_EXTRA },
};

/* The one of each family that it has. */
static char *
relayed_address (FramRow *row)
{
  const char *address = fram_row_get_string (row, "relayed");
  const char *address_6 = fram_row_get_string (row, "relayed-6");

  if (*address == '\0')
    return g_strdup (format_or_dash (address_6));
  return *address_6 == '\0' ? g_strdup (address)
                            : g_strconcat (address, " ", address_6, NULL);
}

static const PanelColumn relay_columns[] = {
  { "uri", "Server", 23, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXPAND | PANEL_COLUMN_WRAP },
  { "relayed", "Relayed address", 19, .flags = PANEL_COLUMN_EXPAND | PANEL_COLUMN_WRAP,
    .text = relayed_address },
  { "transport", "Over", 5, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "state", "State", 12, .flags = PANEL_COLUMN_LIVE, .text = words_relay_state,
    .icon = words_relay_icon, .style = words_relay_style },
  { "sessions", "Sessions", 7, PANEL_FORMAT_NUMBER,
    PANEL_COLUMN_WIDE | PANEL_COLUMN_LIVE },
  { "remaining", "Lives for", 8, PANEL_FORMAT_SPAN, PANEL_COLUMN_WIDE },
  { "rtt", "Round trip", 8, PANEL_FORMAT_DURATION,
    PANEL_COLUMN_WIDE | PANEL_COLUMN_LIVE },
  { "cause", "Why", 18, PANEL_FORMAT_WORD, PANEL_COLUMN_WIDE },
  { "explanation", "In words", 30, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXTRA },
  { "permissions", "Permissions", 9, PANEL_FORMAT_NUMBER,
    PANEL_COLUMN_EXTRA | PANEL_COLUMN_LIVE },
  { "channels", "Channels", 7, PANEL_FORMAT_NUMBER,
    PANEL_COLUMN_EXTRA | PANEL_COLUMN_LIVE },
  { "retry", "Tried again in", 10, PANEL_FORMAT_SPAN, PANEL_COLUMN_EXTRA },
  { "interface", "Interface", 8, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXTRA },
  { "local", "Of the socket", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXTRA },
  { "mapped", "Address outside", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXTRA },
  { "server", "Address", 19, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXTRA },
  { "age", "Since", 7, PANEL_FORMAT_SPAN, PANEL_COLUMN_EXTRA },
  { "lane", "Lane", 5, PANEL_FORMAT_NUMBER, PANEL_COLUMN_EXTRA },
};

static char *
deaf_server (FramRow *row)
{
  const char *uri = fram_row_get_string (row, "uri");

  return g_strdup (*uri == '\0' ? "all servers" : uri);
}

static const PanelColumn deaf_columns[] = {
  { "interface", "Interface", 10, PANEL_FORMAT_TEXT },
  { "family", "IP version", 10, PANEL_FORMAT_TEXT, PANEL_COLUMN_WIDE },
  { "uri", "Server", 22, PANEL_FORMAT_TEXT, PANEL_COLUMN_EXPAND, deaf_server },
  { "transport", "Over", 5, PANEL_FORMAT_TEXT },
  { "first-age", "Silent since", 11, PANEL_FORMAT_AGE },
  { "last-age", "Last tried", 12, PANEL_FORMAT_AGE, PANEL_COLUMN_WIDE },
};

/* --- What is shown ----------------------------------------------------------------- */

static void
show_name (PanelNetworkPage *self)
{
  const char *name = fram_network_watch_get_name (self->watch);
  gint64 first = fram_network_watch_get_first_age (self->watch);
  gint64 attached = fram_network_watch_get_attached (self->watch);
  g_autofree char *here = format_span (attached);
  g_autofree char *known = format_age (first);
  g_autofree char *text = NULL, *title = NULL;

  if (!fram_network_watch_get_loaded (self->watch))
    text = g_strdup ("Asking the service …");
  else if (attached < 0)
    text = g_strdup ("This computer is in no network that it could be told by.");
  else
    text = g_strdup_printf ("In it for %s; %s%s.", here,
                            first < 0 ? "it was never seen before" : "first seen ",
                            first < 0 ? "" : known);
  title = g_markup_escape_text (*name == '\0' ? "This network" : name, -1);
  adw_preferences_group_set_title (self->group, title);
  adw_preferences_group_set_description (self->group, text);
}

static void
show_checking (PanelNetworkPage *self)
{
  gboolean checking = fram_network_watch_get_checking (self->watch);

  gtk_widget_set_visible (GTK_WIDGET (self->spinner), checking);
  gtk_spinner_set_spinning (self->spinner, checking);
  gtk_label_set_text (self->check_label, checking ? "Checking …" : "Check Again");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "network.check", !checking);
}

static void
on_watch_changed (PanelNetworkPage *self)
{
  show_name (self);
  show_checking (self);
}

static void
on_interfaces_changed (PanelNetworkPage *self, guint position, guint removed, guint added,
                       GListModel *rows)
{
  /* The group only takes rows at its end: those from here on are put there again. */
  while (self->interfaces->len > position)
    {
      guint last = self->interfaces->len - 1;

      adw_preferences_group_remove (self->group,
                                    g_ptr_array_index (self->interfaces, last));
      g_ptr_array_set_size (self->interfaces, last);
    }
  for (guint i = position; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramInterfaceRow) row = g_list_model_get_item (rows, i);
      GtkWidget *widget = panel_interface_new (row);

      adw_preferences_group_add (self->group, widget);
      g_ptr_array_add (self->interfaces, widget);
    }
}

/* --- What it follows --------------------------------------------------------------- */

static void
begin_watching (PanelNetworkPage *self)
{
  FramInspector *inspector
      = self->world == NULL ? NULL : panel_world_get_inspector (self->world);
  GListModel *rows;

  if (self->watch != NULL || inspector == NULL
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->watch = fram_inspector_watch_network (inspector);
  rows = fram_network_watch_get_interfaces (self->watch);
  g_signal_connect_object (self->watch, "notify", G_CALLBACK (on_watch_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (rows, "items-changed", G_CALLBACK (on_interfaces_changed),
                           self, G_CONNECT_SWAPPED);
  panel_table_set_rows (self->servers, fram_network_watch_get_servers (self->watch));
  panel_table_set_rows (self->mappings, fram_network_watch_get_mappings (self->watch));
  panel_table_set_rows (self->relays, fram_network_watch_get_allocations (self->watch));
  panel_table_set_rows (self->deaf, fram_network_watch_get_deaf (self->watch));
  on_interfaces_changed (self, 0, 0, 0, rows);
  on_watch_changed (self);
}

/* What was shown stays; it is brought up to date by the next watch. */
static void
end_watching (PanelNetworkPage *self)
{
  if (self->watch == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->watch, on_watch_changed, self);
  g_signal_handlers_disconnect_by_func (fram_network_watch_get_interfaces (self->watch),
                                        on_interfaces_changed, self);
  g_clear_object (&self->watch);
}

void
panel_network_page_set_world (PanelNetworkPage *self, PanelWorld *world)
{
  g_set_object (&self->world, world);
  g_signal_connect_object (world, "changed", G_CALLBACK (begin_watching), self,
                           G_CONNECT_SWAPPED);
  begin_watching (self);
}

void
panel_network_page_set_narrow (PanelNetworkPage *self, gboolean narrow)
{
  panel_table_set_narrow (self->servers, narrow);
  panel_table_set_narrow (self->mappings, narrow);
  panel_table_set_narrow (self->relays, narrow);
  panel_table_set_narrow (self->deaf, narrow);
}

/* --- "Check Again" ----------------------------------------------------------------- */

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelNetworkPage *self;
  g_autoptr (GError) error = NULL;

  fram_network_watch_check_finish (FRAM_NETWORK_WATCH (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_NETWORK_PAGE (user_data);
  gtk_label_set_text (self->problem, error == NULL ? "" : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), error != NULL);
}

static void
on_check (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelNetworkPage *self = PANEL_NETWORK_PAGE (widget);

  if (self->watch != NULL)
    fram_network_watch_check_async (self->watch, NULL, self->cancellable, on_checked,
                                    self);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_network_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_network_page_parent_class)->map (widget);
  begin_watching (PANEL_NETWORK_PAGE (widget));
}

static void
panel_network_page_unmap (GtkWidget *widget)
{
  gtk_spinner_stop (PANEL_NETWORK_PAGE (widget)->spinner);
  end_watching (PANEL_NETWORK_PAGE (widget));
  GTK_WIDGET_CLASS (panel_network_page_parent_class)->unmap (widget);
}

static void
panel_network_page_dispose (GObject *object)
{
  PanelNetworkPage *self = PANEL_NETWORK_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  end_watching (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_NETWORK_PAGE);
  g_clear_object (&self->world);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (panel_network_page_parent_class)->dispose (object);
}

static void
panel_network_page_finalize (GObject *object)
{
  g_ptr_array_unref (PANEL_NETWORK_PAGE (object)->interfaces);
  G_OBJECT_CLASS (panel_network_page_parent_class)->finalize (object);
}

static void
panel_network_page_class_init (PanelNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_network_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_network_page_finalize;
  widget_class->map = panel_network_page_map;
  widget_class->unmap = panel_network_page_unmap;
  gtk_widget_class_install_action (widget_class, "network.check", NULL, on_check);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, group);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, check_label);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, problem);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, servers);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, mappings);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, relays);
  gtk_widget_class_bind_template_child (widget_class, PanelNetworkPage, deaf);
}

static void
panel_network_page_init (PanelNetworkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->interfaces = g_ptr_array_new ();
  panel_table_configure (self->servers, "network-servers", "Servers", server_columns,
                         G_N_ELEMENTS (server_columns),
                         "No server was asked in this network yet.");
  panel_table_configure (
      self->mappings, "network-mappings", "Mappings", mapping_columns,
      G_N_ELEMENTS (mapping_columns),
      "Nothing is mapped. Mappings come with the first session that has a "
      "STUN server, and stay for a while.");
  panel_table_configure (self->relays, "network-relays", "Relays", relay_columns,
                         G_N_ELEMENTS (relay_columns),
                         "No server relays now. A relay is made at a TURN server for the "
                         "first session that may need it, and all sessions share it.");
  panel_table_configure (self->deaf, "network-deaf", "Ways that are silent", deaf_columns,
                         G_N_ELEMENTS (deaf_columns),
                         "Every way to a server that was tried has answered.");
}
