/* What an application wants of a session it creates. */
#pragma once

#include <fram-description.h>
#include <fram-enums.h>

G_BEGIN_DECLS

#define FRAM_TYPE_SESSION_OPTIONS (fram_session_options_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramSessionOptions, fram_session_options, FRAM,
                               SESSION_OPTIONS, GObject)

FRAM_API FramSessionOptions *fram_session_options_new (void);

FRAM_API const char *fram_session_options_get_label (FramSessionOptions *self);
FRAM_API void fram_session_options_set_label (FramSessionOptions *self,
                                              const char *label);

FRAM_API FramRole fram_session_options_get_role (FramSessionOptions *self);
FRAM_API void fram_session_options_set_role (FramSessionOptions *self, FramRole role);

FRAM_API FramPolicy fram_session_options_get_policy (FramSessionOptions *self);
FRAM_API void fram_session_options_set_policy (FramSessionOptions *self,
                                               FramPolicy policy);

FRAM_API gboolean fram_session_options_get_trickle (FramSessionOptions *self);
FRAM_API void fram_session_options_set_trickle (FramSessionOptions *self,
                                                gboolean trickle);
FRAM_API gboolean fram_session_options_get_tcp (FramSessionOptions *self);
FRAM_API void fram_session_options_set_tcp (FramSessionOptions *self, gboolean tcp);
FRAM_API gboolean fram_session_options_get_lite (FramSessionOptions *self);
FRAM_API void fram_session_options_set_lite (FramSessionOptions *self, gboolean lite);

FRAM_API guint fram_session_options_get_pacing (FramSessionOptions *self);
FRAM_API void fram_session_options_set_pacing (FramSessionOptions *self, guint pacing);

FRAM_API guint fram_session_options_get_max_pairs (FramSessionOptions *self);
FRAM_API void fram_session_options_set_max_pairs (FramSessionOptions *self,
                                                  guint max_pairs);

FRAM_API guint fram_session_options_get_dscp (FramSessionOptions *self);
FRAM_API void fram_session_options_set_dscp (FramSessionOptions *self, guint dscp);

FRAM_API FramDescription *fram_session_options_get_remote (FramSessionOptions *self);
FRAM_API void fram_session_options_set_remote (FramSessionOptions *self,
                                               FramDescription *remote);

FRAM_API void fram_session_options_add_stream (FramSessionOptions *self,
                                               guint n_components);
FRAM_API void fram_session_options_add_server (FramSessionOptions *self, const char *uri,
                                               const char *username,
                                               const char *password);

FRAM_API gboolean fram_session_options_get_settings_servers (FramSessionOptions *self);
FRAM_API void fram_session_options_set_settings_servers (FramSessionOptions *self,
                                                         gboolean settings_servers);

G_END_DECLS
