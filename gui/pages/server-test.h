/* What a test of a server found, step by step, as rows of a group. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SERVER_TEST (panel_server_test_get_type ())
G_DECLARE_FINAL_TYPE (PanelServerTest, panel_server_test, PANEL, SERVER_TEST, GObject)

/* Puts its rows into `group`, whose description says how it went. */
PanelServerTest *panel_server_test_new (AdwPreferencesGroup *group);

/* `relays`: whether the server is to relay, too. */
void panel_server_test_begin (PanelServerTest *self, gboolean relays);
void panel_server_test_show (PanelServerTest *self, const FramServerTest *result);
void panel_server_test_fail (PanelServerTest *self, const char *message);

G_END_DECLS
