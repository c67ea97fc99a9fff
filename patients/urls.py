from django.urls import path

from patients.views import ask_one, doctors, imports, patients, suppressions

urlpatterns = [
    path("ask/", ask_one.index, name="ask_one"),
    path("ask/recent", ask_one.recent, name="ask_one_recent"),
    path("ask/<uuid:patient>/undo", ask_one.undo, name="ask_one_undo"),
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
    path("patients/", patients.index, name="patients"),
    path("patients/<uuid:patient>/", patients.detail, name="patient"),
    path("patients/<uuid:patient>/edit", patients.edit, name="patient_edit"),
    path("patients/<uuid:patient>/move", patients.move, name="patient_move"),
    path("patients/<uuid:patient>/opt-out", patients.opt_out, name="patient_opt_out"),
    path("patients/<uuid:patient>/consent", patients.consent, name="patient_consent"),
    path("doctors/", doctors.index, name="doctors"),
    path("doctors/photo", doctors.photo, name="doctor_photo"),
    path("doctors/<uuid:doctor>/remove-photo", doctors.remove_photo, name="doctor_photo_remove"),
    path("suppressions/", suppressions.index, name="suppressions"),
    path("suppressions/add", suppressions.add, name="suppression_add"),
    path("suppressions/export", suppressions.export, name="suppressions_export"),
    path("suppressions/<uuid:suppression>/remove", suppressions.remove, name="suppression_remove"),
]
