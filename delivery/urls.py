from django.urls import path

from delivery import callback_views, handover_views, views, webhook_views

app_name = "delivery"
customer = [
    path("deliveries/", handover_views.deliveries, name="deliveries"),
    path("callbacks/", callback_views.log, name="callbacks"),
    path("callbacks/again/", callback_views.send_range_again, name="callbacks_again"),
    path("callbacks/settings/", callback_views.settings, name="callback_settings"),
    path("callbacks/settings/key/", callback_views.renew_key, name="renew_callback_key"),
    path("callbacks/settings/webhooks/", callback_views.start_webhook, name="start_webhook"),
    path("callbacks/settings/webhooks/<slug:public_id>/", webhook_views.webhook, name="webhook"),
    path("callbacks/settings/webhooks/<slug:public_id>/test/", webhook_views.send_test, name="test_webhook"),
    path("callbacks/settings/webhooks/<slug:public_id>/end/", webhook_views.end_webhook, name="end_webhook"),
    path("callbacks/<slug:public_id>/", callback_views.delivery, name="callback"),
    path("callbacks/<slug:public_id>/again/", callback_views.send_again, name="callback_again"),
]
urlpatterns = [
    path("o/<slug:slug>/projects/<slug:project_id>/exports/", views.exports, name="exports"),
    path("o/<slug:slug>/projects/<slug:project_id>/exports/<slug:job_id>", views.export_file, name="export_file"),
]
