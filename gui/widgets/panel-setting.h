/* A setting as a row: what it decides, its value as a switch, a number, a choice or a text,
 * who has decided it, and the way back. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SETTING (panel_setting_get_type ())
G_DECLARE_FINAL_TYPE (PanelSetting, panel_setting, PANEL, SETTING, AdwActionRow)

/* It calls the actions "policies.set" (sv) and "policies.reset" (s). */
GtkWidget *panel_setting_new (FramSetting *setting);

/* Shows another value of the same setting; what somebody is just typing stays. */
void panel_setting_show (PanelSetting *self, FramSetting *setting);

const char *panel_setting_get_name (PanelSetting *self);

G_END_DECLS
