from django.urls import path

from patients.views import imports

urlpatterns = [
    path("imports/", imports.index, name="imports"),
    path("imports/panel", imports.panel, name="imports_panel"),
    path("imports/example.csv", imports.example_csv, name="import_example_csv"),
    path("imports/example.xlsx", imports.example_xlsx, name="import_example_xlsx"),
    path("imports/<uuid:import_>/", imports.detail, name="import"),
    path("imports/<uuid:import_>/sheet", imports.choose_sheet, name="import_sheet"),
    path("imports/<uuid:import_>/columns", imports.columns, name="import_columns"),
    path("imports/<uuid:import_>/advice", imports.advice, name="import_advice"),
    path("imports/<uuid:import_>/confirm", imports.confirm, name="import_confirm"),
    path("imports/<uuid:import_>/cancel", imports.cancel, name="import_cancel"),
    path("imports/<uuid:import_>/take-back", imports.take_back, name="import_take_back"),
    path("imports/<uuid:import_>/errors", imports.errors, name="import_errors"),
]
