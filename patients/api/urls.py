from django.urls import path

from patients.api import doctors, imports, patient_batches, patients, suppressions

urlpatterns = [
    path("patients/", patients.PatientListView.as_view(), name="api_patients"),
    path(
        "patients/batches/", patient_batches.PatientBatchView.as_view(), name="api_patient_batches"
    ),
    path("patients/<uuid:patient>/", patients.PatientDetailView.as_view(), name="api_patient"),
    path("patients/<uuid:patient>/opt-out/", patients.OptOutView.as_view()),
    path("patients/<uuid:patient>/consent/", patients.ConsentView.as_view()),
    path("doctors/", doctors.DoctorListView.as_view(), name="api_doctors"),
    path("doctors/<uuid:doctor>/", doctors.DoctorDetailView.as_view(), name="api_doctor"),
    path("campaigns/<uuid:campaign>/imports/", imports.UploadView.as_view(), name="api_upload"),
    path("imports/", imports.ImportListView.as_view(), name="api_imports"),
    path("imports/<uuid:import_>/", imports.ImportDetailView.as_view(), name="api_import"),
    path(
        "imports/<uuid:import_>/problems/",
        imports.ImportProblemListView.as_view(),
        name="api_import_problems",
    ),
    path("imports/<uuid:import_>/warnings/", imports.ImportWarningListView.as_view()),
    path("imports/<uuid:import_>/cancel/", imports.CancelImportView.as_view()),
    path("imports/<uuid:import_>/take-back/", imports.TakeImportBackView.as_view()),
    path("suppressions/", suppressions.SuppressionListView.as_view(), name="api_suppressions"),
    path("suppressions/<uuid:suppression>/", suppressions.SuppressionDetailView.as_view()),
    path("suppressions/<uuid:suppression>/remove/", suppressions.SuppressionRemoveView.as_view()),
]
