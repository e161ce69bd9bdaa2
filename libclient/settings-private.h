/* What FramSettings holds, for the code that makes its calls. */
#pragma once

#include "fram-settings.h"

struct _FramSettings
{
  GObject parent_instance;

  FramClient *client;
  guint subscription; /* to Changed */
};

/* `reply`: of Describe, (a(svvssss)).  Return: (transfer full): FramSetting */
GPtrArray *fram_settings_from_reply (GVariant *reply);
