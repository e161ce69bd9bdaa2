/* What one side of a session tells the other about itself. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

#define FRAM_TYPE_DESCRIPTION (fram_description_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramDescription, fram_description, FRAM, DESCRIPTION,
                               GObject)

FRAM_API FramDescription *fram_description_new (const char *ufrag, const char *pwd);

FRAM_API const char *fram_description_get_ufrag (FramDescription *self);
FRAM_API const char *fram_description_get_pwd (FramDescription *self);

FRAM_API const char *const *fram_description_get_options (FramDescription *self);
FRAM_API void fram_description_set_options (FramDescription *self,
                                            const char *const *options);

FRAM_API guint fram_description_get_pacing (FramDescription *self);
FRAM_API void fram_description_set_pacing (FramDescription *self, guint pacing);

FRAM_API gboolean fram_description_get_complete (FramDescription *self);
FRAM_API void fram_description_set_complete (FramDescription *self, gboolean complete);

FRAM_API void fram_description_add_candidate (FramDescription *self, guint stream,
                                              const char *line);
FRAM_API guint fram_description_get_n_candidates (FramDescription *self);
FRAM_API const char *fram_description_get_candidate (FramDescription *self, guint index,
                                                     guint *stream);
FRAM_API char **fram_description_list_candidates (FramDescription *self, guint stream);

G_END_DECLS
