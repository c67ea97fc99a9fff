from django.urls import path

from patients.api import imports, patient_batches, patients, suppressions

urlpatterns = [
    path("patients/", patients.Patients.as_view(), name="api_patients"),
    path("patients/batches/", patient_batches.Batches.as_view(), name="api_patient_batches"),
    path("patients/<uuid:patient>/", patients.OnePatient.as_view(), name="api_patient"),
    path("patients/<uuid:patient>/opt-out/", patients.OptOut.as_view()),
    path("patients/<uuid:patient>/consent/", patients.Consent.as_view()),
    path("campaigns/<uuid:campaign>/imports/", imports.Upload.as_view(), name="api_upload"),
    path("imports/", imports.Imports.as_view(), name="api_imports"),
    path("imports/<uuid:import_>/", imports.OneImport.as_view(), name="api_import"),
    path(
        "imports/<uuid:import_>/problems/",
        imports.ImportProblemsView.as_view(),
        name="api_import_problems",
    ),
    path("imports/<uuid:import_>/warnings/", imports.Warnings.as_view()),
    path("imports/<uuid:import_>/cancel/", imports.CancelImportView.as_view()),
    path("imports/<uuid:import_>/take-back/", imports.TakeBack.as_view()),
    path("suppressions/", suppressions.Suppressions.as_view(), name="api_suppressions"),
    path("suppressions/<uuid:suppression>/", suppressions.OneSuppression.as_view()),
    path("suppressions/<uuid:suppression>/remove/", suppressions.Removal.as_view()),
]
